using System.Buffers;
using OrleansPool.Core.Segments;

namespace OrleansPool.Core.Replication;

/// <summary>
/// What a joiner gets before any block: everything that a segment knows besides bytes, as of one moment of its stream. Rows go as they
/// are; what is in managed memory goes after them.
/// </summary>
internal static class SegmentSnapshot
{
    /// <summary>Writes the state, all of which is that of the commit point.</summary>
    public static byte[] Write(Segment segment, Tick now)
    {
        var bytes = new ArrayBufferWriter<byte>();
        var writer = new SnapshotWriter(bytes);
        writer.Write(segment.Secret.Key);
        segment.Leases.WriteTo(writer, now);
        segment.Stream.Sessions.WriteTo(writer);
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Reads a state into a segment that was made just now.</summary>
    public static void Read(Segment segment, ReadOnlyMemory<byte> bytes, Tick now)
    {
        var reader = new SnapshotReader(bytes);
        segment.TakeSecret(reader.ReadUInt128());
        segment.Leases.ReadFrom(reader, now);
        segment.Stream.Sessions.ReadFrom(reader, now);
        SegmentFaultException.ThrowUnless(reader.IsAtEnd, "a snapshot is read to its end");
    }
}
