using CsCheck;
using OrleansPool.Benchmarks.Fuzz;
using OrleansPool.Core.Arenas;
using OrleansPool.Core.Replication;
using OrleansPool.Core.Segments;
using OrleansPool.Core.Wire;
using OrleansPool.Grains;

namespace OrleansPool.Core.Tests.Wire;

public sealed class MessageFrameTests
{
    private static readonly NodeId LongNode = new(
        SiloAddress.FromParsableString("1234:1234:1234:1234:1234:1234:1234:1234:65535@2147483647"), new NodeIncarnation(UInt128.MaxValue));

    private static readonly NodeId[] Members = [.. Enumerable.Repeat(LongNode, RowField.MemberCountMax)];

    private static readonly SegmentRow LongRow = new(
        default, 1, SegmentState.Active, new('p', PoolNames.PoolLengthMax), 3, LongNode, Members, LongNode, 1, 1, Members);

    private static readonly byte[] Block = new byte[BlockSizes.BytesMax];

    public static TheoryData<FrameType> Types => [.. FrameSamples.Types];

    /// <summary>The largest of what Core makes, and larger than that where a limit allows it.</summary>
    public static TheoryData<string> Largest => [.. LargestMessages.Keys];

    private static Dictionary<string, Message> LargestMessages { get; } = new()
    {
        ["one entry of a whole block"] = new Replicate(default, 1, [Entry(1, BlockSizes.BytesMax)], 1, LongRow),
        ["as many entries as go into one message"] = new Replicate(
            default, 1, [.. Enumerable.Range(0, EntryCodec.CountMax).Select(i => Entry((ulong)i, EntryCodec.BytesMax / EntryCodec.CountMax))], 1, LongRow),
        ["a whole block fetched"] = new FetchedEntries(default, 1, [Entry(1, BlockSizes.BytesMax)]),
        ["a part of a snapshot"] = new SnapshotPart(default, 1, 1, 0, 1, Block.AsMemory(0, ReplicationTimes.PartBytesMax), LongRow),
        ["a copy of one block"] = new CopyBlocks(default, 1, 1, 1, 1, 0, 1, [new BlockImage(0, 1, Block)]),
        ["a copy of the smallest blocks"] = new CopyBlocks(
            default, 1, 1, 1, 1, 0, ImagesField.CountMax,
            [.. Enumerable.Range(0, ImagesField.CountMax).Select(i => new BlockImage(i, 1, Block.AsMemory(0, BlockSizes.BytesMin)))]),
        ["a block to cache"] = new FillReply(default, 1, 1, 0, OperationStatus.Ok, 1, 1, Members, Block),
        ["a heartbeat of the largest cluster"] = new HeartbeatReply(
            default, true, [.. Enumerable.Repeat(LongNode, HeartbeatFrame.ListedCountMax)], 1, 1, 1),
        ["a row"] = new RowNotice(LongRow),
        ["a seal"] = new Seal(default, 1, LongRow),
    };

    [Fact]
    public void Every_message_has_a_type_and_every_type_of_a_message_has_one()
    {
        Type[] messages = [.. typeof(Message).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Message)) && !type.IsAbstract)];
        Assert.NotEmpty(messages);
        Assert.Equal(
            messages.Select(type => type.Name).Order(),
            FrameSamples.Types.Where(FrameTypes.IsMessage).Select(type => $"{type}").Order());
        var samples = new MessageSamples(new FuzzRandom(1));
        Assert.All(
            FrameSamples.Types.Where(FrameTypes.IsMessage),
            type =>
            {
                Message message = samples.Make(type);
                Assert.Equal($"{type}", message.GetType().Name);
                Assert.Equal(type, MessageFrame.TypeOf(message));
            });
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void What_is_written_is_read(FrameType type) => Gen.ULong.Sample(
        seed =>
        {
            FrameValue value = new FrameSamples(new FuzzRandom(seed)).Make(type);
            byte[] frame = FrameWriting.Write(value);
            Assert.Equal(FrameStatus.Ok, FrameHeader.TryRead(frame, FrameHeader.FrameBytesMax, out FrameHeader header));
            Assert.Equal(frame.Length, header.Length);
            Assert.Equal(FrameText.Of(value), FrameText.Of(FrameReading.Read(header, frame)));
        },
        iter: 200);

    [Theory]
    [MemberData(nameof(Types))]
    public void What_a_later_version_appended_to_the_fields_is_passed_over(FrameType type) => Gen.Select(Gen.ULong, Gen.Byte.Array[1, 100]).Sample(
        (seed, later) =>
        {
            FrameValue value = new FrameSamples(new FuzzRandom(seed)).Make(type);
            byte[] frame = Longer(FrameWriting.Write(value), later);
            FrameHeader.TryRead(frame, FrameHeader.FrameBytesMax, out FrameHeader header);
            Assert.Equal(FrameText.Of(value), FrameText.Of(FrameReading.Read(header, frame)));
        },
        iter: 100);

    [Theory]
    [MemberData(nameof(Types))]
    public void Half_of_a_message_is_none(FrameType type) => Gen.ULong.Sample(
        seed =>
        {
            if (!FrameTypes.IsMessage(type)) return;
            byte[] frame = FrameWriting.Write(new FrameSamples(new FuzzRandom(seed)).Make(type));
            FrameHeader.TryRead(frame, FrameHeader.FrameBytesMax, out FrameHeader header);
            int length = FrameHeader.Size + (int)(seed % (uint)(frame.Length - FrameHeader.Size));
            header = header with { Length = length, FieldsLength = Math.Min(header.FieldsLength, length - FrameHeader.Size) };
            Assert.Null(FrameReading.Read(header, frame.AsMemory(0, length)));
        },
        iter: 200);

    [Theory]
    [MemberData(nameof(Largest))]
    public void The_largest_message_fits_into_one_frame(string name)
    {
        Message message = LargestMessages[name];
        int lengthMax = MessageFrame.LengthMaxOf(message);
        Assert.InRange(lengthMax, 0, FrameHeader.FrameBytesMax);
        byte[] frame = new byte[lengthMax];
        int length = MessageFrame.Write(message, LongNode.Incarnation, LongNode.Incarnation, frame);
        Assert.Equal(FrameStatus.Ok, FrameHeader.TryRead(frame, FrameHeader.FrameBytesMax, out FrameHeader header));
        Assert.NotNull(FrameReading.Read(header, frame.AsMemory(0, length)));
    }

    [Fact]
    public void A_part_is_as_large_as_a_frame_allows_and_no_larger()
    {
        Assert.Equal(ReplicationTimes.PartBytesMax, new ReplicationTimes { PartBytes = ReplicationTimes.PartBytesMax }.PartBytes);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ReplicationTimes { PartBytes = ReplicationTimes.PartBytesMax + 1 });
    }

    [Fact]
    public void A_row_of_another_segment_than_the_envelope_s_is_refused()
    {
        byte[] frame = new byte[MessageFrame.LengthMaxOf(new Seal(new SegmentId(5), 1, LongRow))];
        int length = MessageFrame.Write(new Seal(new SegmentId(5), 1, LongRow), default, default, frame);
        FrameHeader.TryRead(frame, FrameHeader.FrameBytesMax, out FrameHeader header);
        Assert.Null(FrameReading.Read(header, frame.AsMemory(0, length)));
    }

    [Fact]
    public void Heads_of_entries_and_rows_may_become_longer()
    {
        byte[] row = new byte[RowField.LengthMax];
        var rowWriter = new FieldWriter(row);
        RowField.Write(ref rowWriter, LongRow);
        byte[] entries = new byte[EntriesField.LengthOf([Entry(1, 3), Entry(2, 0)])];
        var entriesWriter = new FieldWriter(entries);
        EntriesField.Write(ref entriesWriter, [Entry(1, 3), Entry(2, 0)]);
        const int HeadsAt = sizeof(int) + sizeof(ushort);
        int headLength = BitConverter.ToUInt16(entries, sizeof(int));

        byte[] laterRow = [.. BitConverter.GetBytes((ushort)(rowWriter.Count - sizeof(ushort) + 5)), .. row[sizeof(ushort)..rowWriter.Count], 1, 2, 3, 4, 5];
        byte[] laterEntries =
        [
            .. entries[..sizeof(int)], .. BitConverter.GetBytes((ushort)(headLength + 2)),
            .. entries[HeadsAt..(HeadsAt + headLength)], 0xFF, 0xFF, .. entries[(HeadsAt + headLength)..(HeadsAt + (2 * headLength))], 0xFF, 0xFF,
            .. entries[(HeadsAt + (2 * headLength))..],
        ];
        var reader = new MessageReader(epoch: 1, new byte[sizeof(ulong)], (byte[])[.. laterRow, .. laterEntries]);
        Replicate? read = ReplicateFrame.Read(ref reader);
        Assert.False(reader.IsBroken);
        Assert.NotNull(read);
        Assert.Equal([1, 2], read.Entries.Select(entry => (int)entry.Sequence));
        Assert.Equal([3, 0], read.Entries.Select(entry => entry.Bytes.Length));
        Assert.Equal(LongRow.InSync, read.Row!.InSync);
    }

    private static StreamEntry Entry(ulong sequence, int byteCount) =>
        new(sequence, 1, default, 0, 0, 0, OperationKind.Write, OperationStatus.Ok, Block.AsMemory(0, byteCount));

    /// <summary>The same frame with more fields.</summary>
    private static byte[] Longer(byte[] frame, byte[] later)
    {
        FrameHeader.TryRead(frame, FrameHeader.FrameBytesMax, out FrameHeader header);
        int payloadAt = FrameHeader.Size + header.FieldsLength;
        byte[] longer = [.. frame[..payloadAt], .. later, .. frame[payloadAt..]];
        (header with { Length = longer.Length, FieldsLength = header.FieldsLength + later.Length }).Write(longer);
        return longer;
    }
}
