using OrleansPool.Core.Segments;
using OrleansPool.Grains;

namespace OrleansPool.Server.Nodes;

/// <summary>Reads batches of blocks for callers elsewhere: checks the key, copies, confirms. Lock-free.</summary>
internal static class NodeReader
{
    /// <summary>Reads.</summary>
    /// <param name="factory">Finds the segments.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="reads">What to read.</param>
    /// <param name="isRefused">Whether some read was not Ok or Unchanged.</param>
    public static ReadReply Read(SegmentFactory factory, HostClock clock, BlockRead[] reads, out bool isRefused)
    {
        var replies = new BlockReadReply[reads.Length];
        byte[] bytes = new byte[BytesOf(reads)];
        int at = 0;
        isRefused = false;
        for (int i = 0; i < reads.Length; i++)
        {
            ref readonly BlockRead read = ref reads[i];
            replies[i] = ReadOne(factory, clock, read, bytes.AsSpan(at));
            if (replies[i].Status == OperationStatus.Ok) at += read.Count;
            isRefused |= replies[i].Status is not (OperationStatus.Ok or OperationStatus.Unchanged);
        }

        return new ReadReply(replies, bytes.AsMemory(0, at));
    }

    private static int BytesOf(BlockRead[] reads)
    {
        long bytes = 0;
        foreach (BlockRead read in reads) bytes += Math.Max(0, read.Count);
        if (bytes <= INodePoolGrain.CallBytesMax) return (int)bytes;
        throw new ArgumentOutOfRangeException(
            nameof(reads), bytes, $"One call reads at most {INodePoolGrain.CallBytesMax} bytes. Cut the reads into several calls.");
    }

    /// <summary>Reads one.</summary>
    public static BlockReadReply ReadOne(SegmentFactory factory, HostClock clock, in BlockRead read, Span<byte> destination)
    {
        if (factory.TryGet(read.Segment)?.Segment is not { } segment) return new BlockReadReply(OperationStatus.NoSegment, 0);
        if (!segment.Secret.Verify(read.Key)) return new BlockReadReply(OperationStatus.Forged, 0);
        if (!IsInside(segment, read)) return new BlockReadReply(OperationStatus.OutOfBounds, 0);
        if (read.KnownVersion != 0
            && segment.Peek(read.Block, read.Key.Generation, out ReadTicket known)
            && known.Version == read.KnownVersion && segment.Confirm(known, clock.Now))
        {
            return new BlockReadReply(OperationStatus.Unchanged, known.Version);
        }

        Span<byte> part = destination[..read.Count];
        if (!segment.Copy(read.Block, read.Key.Generation, read.Offset, part, out ReadTicket ticket) || !segment.Confirm(ticket, clock.Now))
        {
            part.Clear();
            return new BlockReadReply(OperationStatus.Fenced, 0);
        }

        return new BlockReadReply(OperationStatus.Ok, ticket.Version);
    }

    private static bool IsInside(Segment segment, in BlockRead read) =>
        (uint)read.Block < (uint)segment.Geometry.BlockCount && read.Offset >= 0 && read.Count >= 0
        && read.Count <= segment.Geometry.BlockBytes && read.Offset <= segment.Geometry.BlockBytes - read.Count;
}
