using OrleansPool.Core.Arenas;
using OrleansPool.Core.Replication;
using OrleansPool.Core.Segments;
using OrleansPool.Core.Wire;

namespace OrleansPool.Benchmarks.Fuzz;

/// <summary>What a node takes for granted of a message that was accepted. Said a second time here, apart from the decoders: a check that one of them lost is missed.</summary>
internal static class MessageClaims
{
    /// <summary>Whether a node may rely on it.</summary>
    public static bool Hold(Message message, SegmentId segment) => message switch
    {
        Replicate replicate => Hold(replicate.Entries) && (replicate.Row is null || Hold(replicate.Row, segment)),
        FetchedEntries fetched => Hold(fetched.Entries),
        Seal seal => Hold(seal.Row, segment),
        RowNotice notice => Hold(notice.Row, segment),
        SnapshotPart part => part.Part >= 0 && part.Part < part.PartCount && part.PartCount <= SnapshotFrame.PartCountMax
            && part.Bytes.Length <= ReplicationTimes.PartBytesMax && Hold(part.Row, segment),
        SnapshotAck ack => ack.PartCount is >= -1 and <= SnapshotFrame.PartCountMax,
        CopyBlocks copy => copy.Number > 0 && copy.FirstBlock >= 0 && copy.EndBlock <= SegmentGeometry.BlockCountMax && Hold(copy),
        CopyAck ack => ack.Number >= 0,
        FillReply reply => Enum.IsDefined(reply.Status) && reply.Bytes.Length <= BlockSizes.BytesMax && Hold(reply.Members, RowField.MemberCountMax),
        HeartbeatReply reply => Hold(reply.Listed, HeartbeatFrame.ListedCountMax),
        _ => true,
    };

    private static bool Hold(StreamEntry[] entries)
    {
        if (entries.Length > EntryCodec.CountMax) return false;
        for (int i = 0; i < entries.Length; i++)
        {
            StreamEntry entry = entries[i];
            ulong lead = entry.Request.Number - entry.Request.LowestUnanswered;
            if (entry.Sequence != entries[0].Sequence + (ulong)i || lead > byte.MaxValue || entry.Bytes.Length > BlockSizes.BytesMax) return false;
            if (!Enum.IsDefined(entry.Status) || entry.Kind is < OperationKind.Alloc or > OperationKind.CloseSession) return false;
        }

        return true;
    }

    private static bool Hold(CopyBlocks copy)
    {
        if (copy.FirstBlock > copy.EndBlock) return false;
        foreach (BlockImage image in copy.Blocks)
        {
            if (image.Block < copy.FirstBlock || image.Block >= copy.EndBlock || image.Bytes.Length > BlockSizes.BytesMax) return false;
        }

        return true;
    }

    private static bool Hold(SegmentRow row, SegmentId segment) =>
        row.Segment == segment && Enum.IsDefined(row.State) && row.WantedCopies >= 0 && row.Pool.Length <= PoolNames.PoolLengthMax
        && Hold(row.InSync, RowField.MemberCountMax) && Hold(row.LostMembers, RowField.MemberCountMax);

    private static bool Hold(NodeId[] nodes, int countMax) => nodes.Length <= countMax && Array.TrueForAll(nodes, node => node.Silo is not null);
}
