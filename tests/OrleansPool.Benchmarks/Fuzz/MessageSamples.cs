using System.Net;
using OrleansPool.Core;
using OrleansPool.Core.Replication;
using OrleansPool.Core.Segments;
using OrleansPool.Core.Wire;
using OrleansPool.Grains;

namespace OrleansPool.Benchmarks.Fuzz;

/// <summary>Any message that a node might send, drawn from one source of randomness. Most are small, a few are as large as may be.</summary>
internal sealed class MessageSamples(FuzzRandom random)
{
    private static readonly SiloAddress[] Silos =
    [
        SiloAddress.New(IPAddress.Loopback, 11111, 1),
        SiloAddress.New(IPAddress.Parse("10.0.0.1"), 0, 0),
        SiloAddress.New(IPAddress.Parse("255.255.255.255"), 65535, int.MaxValue),
        SiloAddress.New(IPAddress.IPv6Loopback, 11111, 17),
        SiloAddress.New(IPAddress.Parse("fe80::1%7"), 40000, 123456789),
        SiloAddress.New(IPAddress.Parse("2001:db8:1234:5678:9abc:def0:1234:5678"), 65535, int.MaxValue),
    ];

    private static readonly string[] Pools = ["default", "frames", "p", new('x', PoolNames.PoolLengthMax)];

    public Message Make(FrameType type)
    {
        var segment = new SegmentId(random.Number());
        ulong epoch = random.Number();
        return type switch
        {
            FrameType.Heartbeat => new Heartbeat(new Tick(Signed()), Signed(), Signed(), random.Number()),
            FrameType.HeartbeatReply => new HeartbeatReply(
                new Tick(Signed()), random.OneIn(2), Nodes(random.OneIn(50) ? 200 : 4), random.Number(), Signed(), Signed()),
            FrameType.RowNotice => new RowNotice(Row(segment, epoch)),
            FrameType.Replicate => new Replicate(
                segment, epoch, Entries(), random.Number(), random.OneIn(2) ? Row(segment, random.Number()) : null),
            FrameType.ReplicateAck => new ReplicateAck(segment, epoch, random.Number(), random.Number()),
            FrameType.Seal => new Seal(segment, epoch, Row(segment, random.Number())),
            FrameType.SealReply => new SealReply(segment, epoch, random.Number(), random.Number()),
            FrameType.FetchEntries => new FetchEntries(segment, epoch, random.Number()),
            FrameType.FetchedEntries => new FetchedEntries(segment, epoch, Entries()),
            FrameType.SnapshotPart => SnapshotPart(segment, epoch),
            FrameType.SnapshotAck => new SnapshotAck(segment, epoch, random.Number(), random.Below(SnapshotFrame.PartCountMax + 2) - 1),
            FrameType.CopyBlocks => CopyBlocks(segment, epoch),
            FrameType.CopyAck => new CopyAck(segment, epoch, random.Number(), (int)(random.Number() & int.MaxValue), random.OneIn(2)),
            FrameType.FillRequest => new FillRequest(segment, epoch, Signed(), (int)random.Number(), Key(), random.Number()),
            FrameType.FillReply => new FillReply(
                segment, epoch, Signed(), (int)random.Number(), Status(), random.Number(), random.Number(), Nodes(3), Bytes()),
            FrameType.Invalidate => new Invalidate(segment, epoch, (int)random.Number(), random.Number(), Signed()),
            FrameType.InvalidateAck => new InvalidateAck(segment, epoch, (int)random.Number(), Signed()),
            FrameType.MovePrepare => new MovePrepare(segment, epoch),
            FrameType.MoveReady => new MoveReady(segment, epoch),
            FrameType.LeaveRequest => new LeaveRequest(segment, epoch),
            FrameType.ConsentRequest => new ConsentRequest(segment, epoch),
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "It carries no message."),
        };
    }

    public OperationStatus Status() => (OperationStatus)random.Below((int)OperationStatus.Unavailable + 1);

    public LeaseKey Key() => new((int)random.Number(), random.Number(), new LeaseId(random.Wide()), (LeaseRights)random.Below(4));

    public byte[] Bytes() => random.Bytes(random.OneIn(200) ? random.Below(20_000) : random.Below(100));

    private long Signed() => (long)random.Number();

    private NodeId Node() => new(random.Pick<SiloAddress>(Silos), new NodeIncarnation(random.Wide()));

    private NodeId[] Nodes(int countMax)
    {
        var nodes = new NodeId[random.Below(countMax + 1)];
        for (int i = 0; i < nodes.Length; i++) nodes[i] = Node();
        return nodes;
    }

    private SegmentRow Row(SegmentId segment, ulong epoch) => new(
        segment, epoch, (SegmentState)random.Below(3), random.Pick<string>(Pools), random.Below(4), Node(),
        Nodes(random.OneIn(50) ? RowField.MemberCountMax : 3), random.OneIn(2) ? Node() : default, random.Number(), Signed(), Nodes(2));

    private StreamEntry[] Entries()
    {
        var entries = new StreamEntry[random.Below(random.OneIn(20) ? EntriesField.CountMax + 1 : 4)];
        ulong first = random.Number();
        for (int i = 0; i < entries.Length; i++)
        {
            ulong number = random.Number();
            entries[i] = new StreamEntry(
                first + (ulong)i, random.Number(), new RequestId(random.Number(), number, number - (ulong)random.Below(byte.MaxValue + 1)),
                Signed(), (int)random.Number(), (int)random.Number(),
                (OperationKind)((int)OperationKind.Alloc + random.Below(OperationKind.CloseSession - OperationKind.Alloc + 1)), Status(), Bytes());
        }

        return entries;
    }

    private SnapshotPart SnapshotPart(SegmentId segment, ulong epoch)
    {
        int partCount = 1 + random.Below(SnapshotFrame.PartCountMax);
        return new SnapshotPart(segment, epoch, random.Number(), random.Below(partCount), partCount, Bytes(), Row(segment, random.Number()));
    }

    private CopyBlocks CopyBlocks(SegmentId segment, ulong epoch)
    {
        int first = random.Below(SegmentGeometry.BlockCountMax);
        int end = Math.Min(SegmentGeometry.BlockCountMax, first + 1 + random.Below(1000));
        var images = new BlockImage[random.Below(random.OneIn(50) ? 200 : 4)];
        byte[] bytes = images.Length < 4 ? Bytes() : random.Bytes(random.Below(100));
        for (int i = 0; i < images.Length; i++) images[i] = new BlockImage(first + random.Below(end - first), random.Number(), bytes);
        return new CopyBlocks(segment, epoch, random.Number(), 1 + random.Below(1000), random.Number(), first, end, images);
    }
}
