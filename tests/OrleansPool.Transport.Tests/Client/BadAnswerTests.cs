using OrleansPool.Core.Wire;
using OrleansPool.Grains;
using OrleansPool.Transport.Client;
using OrleansPool.Transport.Tests.Fakes;
using OrleansPool.Transport.Twin;

namespace OrleansPool.Transport.Tests.Client;

/// <summary>What a node that is broken may answer.</summary>
public sealed class BadAnswerTests : IAsyncDisposable
{
    private static readonly byte[] Ok = [(byte)OperationStatus.Ok, 1, 0, 0, 0, 0, 0, 0, 0];

    private readonly RawNode _node;
    private readonly DataClient _client;

    public BadAnswerTests()
    {
        var network = new MemoryNetwork();
        _node = new RawNode(network.Listen("node", 0));
        _client = new DataClient(network, "test", () => default, new TransportOptions());
    }

    [Fact]
    public async Task An_answer_that_comes_twice_counts_once_and_never_for_the_next_request_of_its_place()
    {
        (RawPeer node, DataConnection connection) = await ConnectAsync();
        for (int i = 0; i < 200; i++)
        {
            byte[] destination = new byte[8];
            Task<BlockReadReply> read = connection.ReadAsync(Ask.Tagged(1, 8), destination, CancellationToken.None).AsTask();
            ulong correlation = (await node.NextAsync())!.Value.Header.Correlation;
            byte[] answer = Ask.Frame(FrameType.ReadReply, correlation, Ok, [(byte)i, 2, 3, 4, 5, 6, 7, 8]);
            byte[] late = Ask.Frame(FrameType.ReadReply, correlation, Ok, new byte[8]);
            await node.SendAsync([.. answer, .. late, .. late]);
            await read.WaitAsync(Eventually.Patience);
            Assert.Equal([(byte)i, 2, 3, 4, 5, 6, 7, 8], destination);
            Assert.InRange(connection.OutstandingCount, 0, 0);
        }

        Assert.False(connection.IsEnded);
    }

    [Theory]
    [InlineData(FrameType.WriteReply)]
    [InlineData(FrameType.ReadBatchReply)]
    [InlineData(FrameType.WriteBatchReply)]
    [InlineData(FrameType.Pong)]
    [InlineData(FrameType.Read)]
    [InlineData((FrameType)250)]
    public async Task An_answer_of_another_kind_fails_its_request_and_nothing_else(FrameType type)
    {
        (RawPeer node, DataConnection connection) = await ConnectAsync();
        Task<BlockReadReply> read = connection.ReadAsync(Ask.Tagged(1, 8), new byte[8], CancellationToken.None).AsTask();
        ulong correlation = (await node.NextAsync())!.Value.Header.Correlation;
        await node.SendAsync(Ask.Frame(type, correlation, new byte[17], new byte[8]));
        ConnectionLostException lost = await Assert.ThrowsAsync<ConnectionLostException>(() => read.WaitAsync(Eventually.Patience));
        Assert.Equal((RefusalReason.Malformed, false), (lost.Reason, lost.IsUnsent));
        await ReadsAsync(node, connection);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(9)]
    [InlineData(0)]
    public async Task An_answer_with_other_bytes_than_were_asked_for_fails_its_request_and_writes_nothing(int byteCount)
    {
        (RawPeer node, DataConnection connection) = await ConnectAsync();
        byte[] destination = new byte[8];
        Task<BlockReadReply> read = connection.ReadAsync(Ask.Tagged(1, 8), destination, CancellationToken.None).AsTask();
        ulong correlation = (await node.NextAsync())!.Value.Header.Correlation;
        await node.SendAsync(Ask.Frame(FrameType.ReadReply, correlation, Ok, [.. Enumerable.Repeat((byte)9, byteCount)]));
        await Assert.ThrowsAsync<ConnectionLostException>(() => read.WaitAsync(Eventually.Patience));
        Assert.Equal(new byte[8], destination);
        await ReadsAsync(node, connection);
    }

    [Fact]
    public async Task Batches_with_other_numbers_of_answers_fail_alone()
    {
        (RawPeer node, DataConnection connection) = await ConnectAsync();
        foreach (int count in new[] { -1, 0, 1, 3, 2000 })
        {
            BlockRead[] reads = [Ask.Tagged(1, 8), Ask.Tagged(2, 8)];
            Task<int> read = connection.ReadAsync(reads, Ask.Places(reads, new byte[16]), new BlockReadReply[2], CancellationToken.None).AsTask();
            ulong correlation = (await node.NextAsync())!.Value.Header.Correlation;
            await node.SendAsync(Ask.Frame(FrameType.ReadBatchReply, correlation, BitConverter.GetBytes(count), new byte[100]));
            await Assert.ThrowsAsync<ConnectionLostException>(() => read.WaitAsync(Eventually.Patience));
        }

        await ReadsAsync(node, connection);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(9)]
    [InlineData(16)]
    public async Task A_batch_with_other_bytes_than_its_answers_call_for_fails_alone_and_writes_nothing(int byteCount)
    {
        (RawPeer node, DataConnection connection) = await ConnectAsync();
        BlockRead[] reads = [Ask.Tagged(1, 8), Ask.Tagged(2, 8)];
        byte[] destination = new byte[16];
        Task<int> read = connection.ReadAsync(reads, Ask.Places(reads, destination), new BlockReadReply[2], CancellationToken.None).AsTask();
        ulong correlation = (await node.NextAsync())!.Value.Header.Correlation;
        byte[] payload = [.. Ok, (byte)OperationStatus.Busy, .. Ok[1..], .. Enumerable.Repeat((byte)9, byteCount)];
        await node.SendAsync(Ask.Frame(FrameType.ReadBatchReply, correlation, BitConverter.GetBytes(2), payload));
        await Assert.ThrowsAsync<ConnectionLostException>(() => read.WaitAsync(Eventually.Patience));
        Assert.Equal(new byte[16], destination);
        await ReadsAsync(node, connection);
    }

    [Fact]
    public async Task Answers_to_nobody_are_left_out()
    {
        (RawPeer node, DataConnection connection) = await ConnectAsync();
        foreach (ulong correlation in new ulong[] { 0, 5, ulong.MaxValue, 1ul << 32, (7ul << 32) | 3 })
        {
            await node.SendAsync(Ask.Frame(FrameType.ReadReply, correlation, Ok, new byte[8]));
            await node.SendAsync(Ask.Frame(FrameType.Error, correlation, default, default));
        }

        await node.SendAsync(Ask.Frame(FrameType.Drain, 0, default, default));
        await Eventually.IsTrue(() => connection.IsDraining, "all before this has come");
        await ReadsAsync(node, connection);
    }

    [Fact]
    public async Task Bytes_that_are_no_frame_end_the_connection_and_fail_what_waits()
    {
        (RawPeer node, DataConnection connection) = await ConnectAsync();
        Task<BlockReadReply> read = connection.ReadAsync(Ask.Tagged(1, 8), new byte[8], CancellationToken.None).AsTask();
        await node.NextAsync();
        await node.SendAsync([.. Enumerable.Repeat((byte)0xFF, 30)]);
        ConnectionLostException lost = await Assert.ThrowsAsync<ConnectionLostException>(() => read.WaitAsync(Eventually.Patience));
        Assert.Equal(RefusalReason.Malformed, lost.Reason);
        Assert.Equal(RefusalReason.Malformed, (await node.NextRefusalAsync()).Reason);
        await Eventually.IsTrue(() => connection.OutstandingCount == 0, "the place is free");
    }

    [Fact]
    public async Task An_error_says_whether_the_request_was_touched()
    {
        (RawPeer node, DataConnection connection) = await ConnectAsync();
        foreach ((RefusalReason reason, bool isUnsent) in new[] { (RefusalReason.TooManyOutstanding, true), (RefusalReason.Fault, false), (RefusalReason.Unknown, false) })
        {
            Task<BlockWriteReply> write = connection.WriteAsync(Ask.Add(0, 0, 1), default, CancellationToken.None).AsTask();
            ulong correlation = (await node.NextAsync())!.Value.Header.Correlation;
            await node.SendAsync(new Refusal(reason, "because").ToFrame(FrameType.Error, correlation));
            ConnectionLostException lost = await Assert.ThrowsAsync<ConnectionLostException>(() => write.WaitAsync(Eventually.Patience));
            Assert.Equal((reason, isUnsent), (lost.Reason, lost.IsUnsent));
        }
    }

    [Fact]
    public async Task A_caller_with_too_little_room_for_its_answers_is_told_at_once()
    {
        (RawPeer node, DataConnection connection) = await ConnectAsync();
        BlockRead[] reads = [Ask.Tagged(1, 8), Ask.Tagged(2, 8)];
        BlockWrite[] writes = [Ask.Add(0, 0, 1), Ask.Add(0, 0, 1)];
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await connection.ReadAsync(reads, Ask.Places(reads, new byte[16]), new BlockReadReply[1], CancellationToken.None));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await connection.ReadAsync(reads, new Memory<byte>[1], new BlockReadReply[2], CancellationToken.None));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await connection.ReadAsync(reads, new Memory<byte>[2], new BlockReadReply[2], CancellationToken.None));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await connection.WriteAsync(writes, default, new BlockWriteReply[1], CancellationToken.None));
        await ReadsAsync(node, connection);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _node.DisposeAsync();
    }

    private static async Task ReadsAsync(RawPeer node, DataConnection connection)
    {
        byte[] destination = new byte[8];
        Task<BlockReadReply> read = connection.ReadAsync(Ask.Tagged(1, 8), destination, CancellationToken.None).AsTask();
        ulong correlation = (await node.NextAsync())!.Value.Header.Correlation;
        await node.SendAsync(Ask.Frame(FrameType.ReadReply, correlation, Ok, [1, 2, 3, 4, 5, 6, 7, 8]));
        Assert.Equal(1u, (await read.WaitAsync(Eventually.Patience)).Version);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], destination);
        Assert.Equal(0, connection.OutstandingCount);
    }

    private async Task<(RawPeer Node, DataConnection Connection)> ConnectAsync()
    {
        Task<RawPeer> accepted = _node.WelcomeAsync();
        DataConnection connection = await _client.LinkTo(RawNode.Id, _node.Endpoint).GetAsync(Lane.Express, CancellationToken.None);
        return (await accepted, connection);
    }
}
