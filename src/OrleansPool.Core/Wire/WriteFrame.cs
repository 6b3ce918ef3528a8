using OrleansPool.Grains;

namespace OrleansPool.Core.Wire;

/// <summary>
/// How one change is asked and answered. Fields of the request: the <see cref="BlockWrite"/>, whose kind is the frame's type; the
/// payload of a write are its bytes. Fields of the answer: status, version and value.
/// </summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class WriteFrame
{
    /// <summary>Length of a request's fields.</summary>
    public const int FieldsLength =
        sizeof(byte) + sizeof(ulong) + LeaseKeyField.Length + (3 * sizeof(ulong)) + (3 * sizeof(int)) + (3 * sizeof(ulong));

    /// <summary>Length of an answer's fields.</summary>
    public const int ReplyFieldsLength = sizeof(byte) + (2 * sizeof(ulong));

    /// <summary>The type of the frame that asks for a change.</summary>
    public static FrameType TypeOf(BlockWriteKind kind) => kind switch
    {
        BlockWriteKind.CompareExchange => FrameType.CompareExchange,
        BlockWriteKind.Add => FrameType.Add,
        _ => FrameType.Write,
    };

    /// <summary>Writes the fields of a request.</summary>
    public static void Write(ref FieldWriter writer, in BlockWrite write)
    {
        writer.Byte((byte)write.Kind);
        writer.UInt64(write.Segment.Value);
        LeaseKeyField.Write(ref writer, write.Key);
        writer.UInt64(write.Request.Session);
        writer.UInt64(write.Request.Number);
        writer.UInt64(write.Request.LowestUnanswered);
        writer.Int32(write.Block);
        writer.Int32(write.Offset);
        writer.Int32(write.Count);
        writer.Int64(write.Operand);
        writer.Int64(write.Expected);
        writer.UInt64(write.Fence);
    }

    /// <summary>Reads the fields of a request. Whether they make sense to a segment is for the segment to say.</summary>
    public static BlockWrite Read(ref FieldReader reader) => new(
        (BlockWriteKind)reader.Byte(), new SegmentId(reader.UInt64()), LeaseKeyField.Read(ref reader),
        new RequestId(reader.UInt64(), reader.UInt64(), reader.UInt64()), reader.Int32(), reader.Int32(), reader.Int32(),
        reader.Int64(), reader.Int64(), reader.UInt64());

    /// <summary>Writes the fields of an answer.</summary>
    public static void WriteReply(ref FieldWriter writer, in BlockWriteReply reply)
    {
        writer.Byte((byte)reply.Status);
        writer.UInt64(reply.Version);
        writer.Int64(reply.Value);
    }

    /// <summary>Reads the fields of an answer.</summary>
    public static BlockWriteReply ReadReply(ref FieldReader reader) => new((OperationStatus)reader.Byte(), reader.UInt64(), reader.Int64());
}
