using OrleansPool.Core.Wire;
using OrleansPool.Grains;

namespace OrleansPool.Benchmarks.Fuzz;

/// <summary>Any frame that an end might send, drawn from one source of randomness.</summary>
internal sealed class FrameSamples(FuzzRandom random)
{
    /// <summary>Every type that there is.</summary>
    public static readonly FrameType[] Types = [.. Enum.GetValues<FrameType>().Where(FrameTypes.IsKnown)];

    private static readonly string[] Texts = ["", "cluster", "größer", "\u4e2d\u6587", new('c', 100)];

    private readonly MessageSamples _messages = new(random);

    public FrameValue Make() => Make(random.Pick<FrameType>(Types));

    public FrameValue Make(FrameType type)
    {
        if (FrameTypes.IsMessage(type))
        {
            Message message = _messages.Make(type);
            SegmentId segment = message is SegmentMessage about ? about.Segment : message is RowNotice notice ? notice.Row.Segment : default;
            var envelope = new MessageEnvelope(segment, new NodeIncarnation(random.Wide()), new NodeIncarnation(random.Wide()));
            ulong epoch = message is SegmentMessage { Epoch: var its } ? its : message is RowNotice { Row.Epoch: var told } ? told : 0;
            return new FrameValue(type, 0, epoch, envelope, [message], default);
        }

        // Nothing else is under way while the ends greet each other, and no segment is meant before and after.
        ulong correlation = type is FrameType.Hello or FrameType.Welcome ? 0 : random.Number();
        ulong segmentEpoch = type < FrameType.Read ? 0 : random.Number();
        return new FrameValue(type, correlation, segmentEpoch, default, Items(type), HasBytes(type) ? _messages.Bytes() : default);
    }

    private static bool HasBytes(FrameType type) =>
        type is FrameType.ReadReply or FrameType.ReadBatchReply or FrameType.Write or FrameType.WriteBatch;

    private object[] Items(FrameType type) => type switch
    {
        FrameType.Hello => [Hello()],
        FrameType.Welcome =>
            [new Welcome(WireVersions.Newest, new NodeIncarnation(random.Wide()), (WireFeatures)random.Number(), 24 + random.Below(100_000), 1 + random.Below(9))],
        FrameType.Refusal or FrameType.Error => [new Refusal((RefusalReason)random.Below(13), random.Pick<string>(Texts))],
        FrameType.Ping or FrameType.Pong or FrameType.Drain => [],
        FrameType.Read => [Read()],
        FrameType.ReadReply => [ReadReply()],
        FrameType.Write => [Write(BlockWriteKind.Write)],
        FrameType.CompareExchange => [Write(BlockWriteKind.CompareExchange)],
        FrameType.Add => [Write(BlockWriteKind.Add)],
        FrameType.WriteReply => [WriteReply()],
        FrameType.ReadBatch => Many(() => Read()),
        FrameType.ReadBatchReply => Many(() => ReadReply()),
        FrameType.WriteBatch => Many(() => Write((BlockWriteKind)random.Below(3))),
        FrameType.WriteBatchReply => Many(() => WriteReply()),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "There is no sample of it."),
    };

    private object[] Many(Func<object> make)
    {
        object[] items = new object[random.Below(random.OneIn(100) ? BatchFrame.CountMax + 1 : 5)];
        for (int i = 0; i < items.Length; i++) items[i] = make();
        return items;
    }

    private Hello Hello()
    {
        ushort oldest = (ushort)random.Below(4);
        return new Hello(
            random.Pick<string>(Texts), new NodeIncarnation(random.Wide()), new NodeIncarnation(random.Wide()), (Lane)random.Below(3),
            (WireFeatures)random.Number(), random.Bytes(random.Below(50)))
        {
            OldestVersion = oldest,
            NewestVersion = (ushort)(oldest + random.Below(4)),
        };
    }

    private BlockRead Read() => new(
        new SegmentId(random.Number()), _messages.Key(), (int)random.Number(), (int)random.Number(), (int)random.Number(), random.Number());

    private BlockReadReply ReadReply() => new(_messages.Status(), random.Number());

    private BlockWrite Write(BlockWriteKind kind) => new(
        kind, new SegmentId(random.Number()), _messages.Key(), new RequestId(random.Number(), random.Number(), random.Number()),
        (int)random.Number(), (int)random.Number(), (int)random.Number(), (long)random.Number(), (long)random.Number(), random.Number());

    private BlockWriteReply WriteReply() => new(_messages.Status(), random.Number(), (long)random.Number());
}
