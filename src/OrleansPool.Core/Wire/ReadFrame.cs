using OrleansPool.Grains;

namespace OrleansPool.Core.Wire;

/// <summary>
/// How one read is asked and answered. Fields of the request: the <see cref="BlockRead"/>. Fields of the answer: status and version;
/// its payload are the bytes, if the status is Ok.
/// </summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ReadFrame
{
    /// <summary>Length of a request's fields.</summary>
    public const int FieldsLength = sizeof(ulong) + LeaseKeyField.Length + (3 * sizeof(int)) + sizeof(ulong);

    /// <summary>Length of an answer's fields.</summary>
    public const int ReplyFieldsLength = sizeof(byte) + sizeof(ulong);

    /// <summary>Writes the fields of a request.</summary>
    public static void Write(ref FieldWriter writer, in BlockRead read)
    {
        writer.UInt64(read.Segment.Value);
        LeaseKeyField.Write(ref writer, read.Key);
        writer.Int32(read.Block);
        writer.Int32(read.Offset);
        writer.Int32(read.Count);
        writer.UInt64(read.KnownVersion);
    }

    /// <summary>Reads the fields of a request. Whether they make sense to a segment is for the segment to say.</summary>
    public static BlockRead Read(ref FieldReader reader) => new(
        new SegmentId(reader.UInt64()), LeaseKeyField.Read(ref reader), reader.Int32(), reader.Int32(), reader.Int32(), reader.UInt64());

    /// <summary>Writes the fields of an answer.</summary>
    public static void WriteReply(ref FieldWriter writer, BlockReadReply reply)
    {
        writer.Byte((byte)reply.Status);
        writer.UInt64(reply.Version);
    }

    /// <summary>Reads the fields of an answer.</summary>
    public static BlockReadReply ReadReply(ref FieldReader reader) => new((OperationStatus)reader.Byte(), reader.UInt64());
}
