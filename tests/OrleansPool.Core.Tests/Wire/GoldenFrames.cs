using System.Net;
using OrleansPool.Benchmarks.Fuzz;
using OrleansPool.Core.Replication;
using OrleansPool.Core.Segments;
using OrleansPool.Core.Wire;
using OrleansPool.Grains;

namespace OrleansPool.Core.Tests.Wire;

/// <summary>One frame of every type, whose bytes are kept in a file: what is said here must never be written otherwise by the same version.</summary>
internal static class GoldenFrames
{
    private const ulong Epoch = 0x0E0F;
    private const ulong Sequence = 0x5E01;
    private static readonly SegmentId Segment = new(0x5E61_0000_0001);
    private static readonly NodeIncarnation Sender = new(new UInt128(0x0102030405060708, 0x090A0B0C0D0E0F10));
    private static readonly NodeIncarnation Target = new(new UInt128(0x1112131415161718, 0x191A1B1C1D1E1F20));
    private static readonly NodeId First = new(SiloAddress.New(IPAddress.Parse("10.1.2.3"), 11111, 128734), Sender);
    private static readonly NodeId Second = new(SiloAddress.New(IPAddress.Parse("2001:db8::7"), 40000, int.MaxValue), Target);
    private static readonly LeaseKey Key =
        new(7, 3, new LeaseId(new UInt128(0xA1A2A3A4A5A6A7A8, 0xA9AAABACADAEAFB0)), LeaseRights.Owner);

    private static readonly SegmentRow Row = new(
        Segment, Epoch, SegmentState.Active, "frames", 2, First, [First, Second], default, Sequence, 17, []);

    private static readonly StreamEntry Entry = new(
        Sequence, Epoch, new RequestId(0x5E55, 12, 10), -5, 3, 64, OperationKind.Write, OperationStatus.Ok, Bytes(0xC0, 6));

    private static readonly BlockRead Read = new(Segment, Key, 3, 64, 6, Sequence);
    private static readonly BlockReadReply ReadReply = new(OperationStatus.Ok, Sequence);
    private static readonly BlockWriteReply WriteReply = new(OperationStatus.Mismatch, Sequence, -2);

    /// <summary>The frames by the names of their files.</summary>
    public static readonly IReadOnlyDictionary<string, FrameValue> All = new Dictionary<string, FrameValue>
    {
        ["Hello"] = Connection(
            FrameType.Hello, new Hello("orders", Target, Sender, Lane.Bulk, WireFeatures.None, Bytes(0x70, 4)) { OldestVersion = 1, NewestVersion = 1 }),
        ["Welcome"] = Connection(FrameType.Welcome, new Welcome(1, Target, WireFeatures.None, FrameHeader.FrameBytesMax, 1024)),
        ["Refusal"] = Connection(FrameType.Refusal, new Refusal(RefusalReason.WrongCluster, "größer")),
        ["Error"] = Connection(FrameType.Error, new Refusal(RefusalReason.UnknownType, "type 200")) with { Correlation = 9 },
        ["Ping"] = new(FrameType.Ping, 10, 0, default, [], default),
        ["Pong"] = new(FrameType.Pong, 10, 0, default, [], default),
        ["Drain"] = new(FrameType.Drain, 0, 0, default, [], default),
        ["Read"] = Data(FrameType.Read, [Read]),
        ["ReadReply"] = Data(FrameType.ReadReply, [ReadReply], Bytes(0xB0, 6)),
        ["Write"] = Data(FrameType.Write, [Write(BlockWriteKind.Write)], Bytes(0xB0, 6)),
        ["WriteReply"] = Data(FrameType.WriteReply, [WriteReply]),
        ["CompareExchange"] = Data(FrameType.CompareExchange, [Write(BlockWriteKind.CompareExchange)]),
        ["Add"] = Data(FrameType.Add, [Write(BlockWriteKind.Add)]),
        ["ReadBatch"] = Data(FrameType.ReadBatch, [Read, Read with { Block = 4 }]),
        ["ReadBatchReply"] = Data(FrameType.ReadBatchReply, [ReadReply, new BlockReadReply(OperationStatus.Fenced, 0)], Bytes(0xB0, 6)),
        ["WriteBatch"] = Data(FrameType.WriteBatch, [Write(BlockWriteKind.Write), Write(BlockWriteKind.Add)], Bytes(0xB0, 6)),
        ["WriteBatchReply"] = Data(FrameType.WriteBatchReply, [WriteReply, WriteReply with { Status = OperationStatus.Ok }]),
        ["Heartbeat"] = Between(new Heartbeat(new Tick(123_456_789), 17, 5, 0xCA01)),
        ["HeartbeatReply"] = Between(new HeartbeatReply(new Tick(123_456_789), IsGranted: true, [First, Second], 0xCA02, 17, 5)),
        ["RowNotice"] = Between(new RowNotice(Row)),
        ["RowNotice.Lost"] = Between(new RowNotice(Row with { State = SegmentState.Lost, Primary = default, InSync = [], LostMembers = [First, Second] })),
        ["Replicate"] = Between(new Replicate(
            Segment, Epoch,
            [Entry, new StreamEntry(Sequence + 1, Epoch, default, 0, 9, 0, OperationKind.Expire, OperationStatus.Ok, default)], Sequence - 1, null)),
        ["Replicate.Row"] = Between(new Replicate(Segment, Epoch, [], Sequence, Row with { Joiner = Second, InSync = [First] })),
        ["ReplicateAck"] = Between(new ReplicateAck(Segment, Epoch, Sequence, 0x5000)),
        ["Seal"] = Between(new Seal(Segment, Epoch, Row)),
        ["SealReply"] = Between(new SealReply(Segment, Epoch, Sequence, Sequence - 2)),
        ["FetchEntries"] = Between(new FetchEntries(Segment, Epoch, Sequence)),
        ["FetchedEntries"] = Between(new FetchedEntries(Segment, Epoch, [Entry])),
        ["SnapshotPart"] = Between(new SnapshotPart(Segment, Epoch, Sequence, 1, 3, Bytes(0xD0, 5), Row)),
        ["SnapshotAck"] = Between(new SnapshotAck(Segment, Epoch, Sequence, -1)),
        ["CopyBlocks"] = Between(new CopyBlocks(
            Segment, Epoch, 0x5000, 2, Sequence, 8, 16, [new BlockImage(9, Sequence, Bytes(0xE0, 4)), new BlockImage(11, 0, Bytes(0xF0, 4))])),
        ["CopyAck"] = Between(new CopyAck(Segment, Epoch, 0x5000, 2, IsStale: true)),
        ["FillRequest"] = Between(new FillRequest(Segment, Epoch, 21, 3, Key, 0xCA02)),
        ["FillReply"] = Between(new FillReply(Segment, Epoch, 21, 3, OperationStatus.Ok, Sequence, 0xCA02, [Second], Bytes(0xB0, 6))),
        ["Invalidate"] = Between(new Invalidate(Segment, Epoch, 3, Sequence, 22)),
        ["InvalidateAck"] = Between(new InvalidateAck(Segment, Epoch, 3, 22)),
        ["MovePrepare"] = Between(new MovePrepare(Segment, Epoch)),
        ["MoveReady"] = Between(new MoveReady(Segment, Epoch)),
        ["LeaveRequest"] = Between(new LeaveRequest(Segment, Epoch)),
        ["ConsentRequest"] = Between(new ConsentRequest(Segment, Epoch)),
    };

    private static FrameValue Connection(FrameType type, object item) => new(type, 0, 0, default, [item], default);

    private static FrameValue Data(FrameType type, object[] items, byte[]? bytes = null) => new(type, 0xC0DE, Epoch, default, items, bytes);

    private static FrameValue Between(Message message)
    {
        bool isAboutSegment = message is SegmentMessage or RowNotice;
        var envelope = new MessageEnvelope(isAboutSegment ? Segment : default, Sender, Target);
        return new FrameValue(MessageFrame.TypeOf(message), 0, isAboutSegment ? Epoch : 0, envelope, [message], default);
    }

    private static BlockWrite Write(BlockWriteKind kind) =>
        new(kind, Segment, Key, new RequestId(0x5E55, 12, 10), 3, 64, 6, -1, 77, 0xFE);

    private static byte[] Bytes(byte first, int count) => [.. Enumerable.Range(first, count).Select(value => (byte)value)];
}
