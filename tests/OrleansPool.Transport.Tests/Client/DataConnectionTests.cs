using OrleansPool.Core.Wire;
using OrleansPool.Grains;
using OrleansPool.Transport.Client;
using OrleansPool.Transport.Tests.Fakes;

namespace OrleansPool.Transport.Tests.Client;

public sealed class DataConnectionTests
{
    public static TheoryData<NetworkKind> Kinds => new(NetworkKind.Twin, NetworkKind.Sockets);

    [Theory, MemberData(nameof(Kinds))]
    public async Task What_is_written_is_read(NetworkKind kind)
    {
        await using var plane = new Plane(kind);
        DataConnection connection = await plane.ConnectAsync();
        byte[] written = new byte[1000];
        Random.Shared.NextBytes(written);
        BlockWriteReply write = await connection.WriteAsync(Ask.Write(3, 17, written.Length), written, CancellationToken.None);
        byte[] bytes = new byte[1000];
        BlockReadReply read = await connection.ReadAsync(Ask.Read(3, 17, bytes.Length), bytes, CancellationToken.None);
        Assert.Equal((OperationStatus.Ok, OperationStatus.Ok), (write.Status, read.Status));
        Assert.Equal(write.Version, read.Version);
        Assert.Equal(written, bytes);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Eight_bytes_are_compared_exchanged_and_added_to(NetworkKind kind)
    {
        await using var plane = new Plane(kind);
        DataConnection connection = await plane.ConnectAsync();
        Assert.Equal(5, (await connection.WriteAsync(Ask.Add(0, 8, 5), default, CancellationToken.None)).Value);
        Assert.Equal(OperationStatus.Mismatch, (await connection.WriteAsync(Ask.CompareExchange(0, 8, 4, 9), default, CancellationToken.None)).Status);
        BlockWriteReply exchanged = await connection.WriteAsync(Ask.CompareExchange(0, 8, 5, 9), default, CancellationToken.None);
        Assert.Equal((OperationStatus.Ok, 5L), (exchanged.Status, exchanged.Value));
        Assert.Equal(9, BitConverter.ToInt64(plane.Node.Copy(0, 8, 8)));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_status_that_is_not_Ok_brings_no_bytes_and_leaves_the_destination_alone(NetworkKind kind)
    {
        await using var plane = new Plane(kind);
        DataConnection connection = await plane.ConnectAsync();
        byte[] destination = [1, 2, 3, 4];
        BlockReadReply reply = await connection.ReadAsync(Ask.Read(FakeNode.BlockCount, 0, 4), destination, CancellationToken.None);
        Assert.Equal(OperationStatus.OutOfBounds, reply.Status);
        Assert.Equal([1, 2, 3, 4], destination);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_batch_of_changes_happens_in_order_and_a_batch_of_reads_brings_what_is_there(NetworkKind kind)
    {
        await using var plane = new Plane(kind);
        DataConnection connection = await plane.ConnectAsync();
        BlockWrite[] writes = [Ask.Write(1, 0, 8), Ask.Add(1, 0, 1), Ask.Write(2, 4, 3), Ask.Write(FakeNode.BlockCount, 0, 1)];
        var replies = new BlockWriteReply[writes.Length];
        byte[] bytes = [7, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 9];
        Assert.Equal(writes.Length, await connection.WriteAsync(writes, Ask.Pieces(bytes[..8], bytes[8..]), replies, CancellationToken.None));
        Assert.Equal([OperationStatus.Ok, OperationStatus.Ok, OperationStatus.Ok, OperationStatus.OutOfBounds], replies.Select(reply => reply.Status));
        Assert.Equal(8, replies[1].Value);

        BlockRead[] reads = [Ask.Read(1, 0, 1), Ask.Read(FakeNode.BlockCount, 0, 5), Ask.Read(2, 4, 3)];
        var found = new BlockReadReply[reads.Length];
        byte[] destination = new byte[9];
        Assert.Equal(4, await connection.ReadAsync(reads, Ask.Places(reads, destination), found, CancellationToken.None));
        Assert.Equal([OperationStatus.Ok, OperationStatus.OutOfBounds, OperationStatus.Ok], found.Select(reply => reply.Status));
        Assert.Equal([8, 0, 0, 0, 0, 0, 1, 2, 3], destination);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_batch_that_is_put_off_is_answered_like_any_other(NetworkKind kind)
    {
        await using var plane = new Plane(kind);
        DataConnection connection = await plane.ConnectAsync();
        plane.Node.OnRead = _ => FakeNode.LaterAsync();
        plane.Node.OnWrite = _ => FakeNode.LaterAsync();
        BlockWrite[] writes = [.. Enumerable.Range(0, 200).Select(i => Ask.Write(i, 0, 2))];
        byte[] bytes = [.. Enumerable.Range(0, 200).SelectMany(i => new byte[] { (byte)i, 42 })];
        byte[] destination = new byte[400];
        for (int round = 0; round < 2; round++)
        {
            Assert.Equal(200, await connection.WriteAsync(writes, Ask.Pieces(bytes), new BlockWriteReply[200], CancellationToken.None));
            BlockRead[] reads = [.. Enumerable.Range(0, 200).Select(i => Ask.Read(i, 0, 2))];
            Assert.Equal(400, await connection.ReadAsync(reads, Ask.Places(reads, destination), new BlockReadReply[200], CancellationToken.None));
            Assert.Equal(bytes, destination);
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task The_largest_block_goes_through_in_one_frame(NetworkKind kind)
    {
        await using var plane = new Plane(kind);
        DataConnection connection = await plane.ConnectAsync(Lane.Bulk);
        byte[] destination = new byte[1 << 20];
        Assert.Equal(OperationStatus.Ok, (await connection.ReadAsync(Ask.Tagged(123456789, destination.Length), destination, CancellationToken.None)).Status);
        Assert.True(Ask.IsTagged(destination, 123456789));
        BlockWriteReply reply = await connection.WriteAsync(Ask.Write(0, 0, destination.Length), destination, CancellationToken.None);
        Assert.Equal(OperationStatus.OutOfBounds, reply.Status);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Answers_come_in_any_order(NetworkKind kind)
    {
        await using var plane = new Plane(kind);
        DataConnection connection = await plane.ConnectAsync();
        TaskCompletionSource[] holds = [.. Enumerable.Range(0, 8).Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))];
        plane.Node.OnRead = read => holds[(int)read.KnownVersion].Task;
        byte[][] destinations = [.. holds.Select(_ => new byte[64])];
        Task<BlockReadReply>[] reads = [.. holds.Select((_, i) => connection.ReadAsync(Ask.Tagged((ulong)i, 64), destinations[i], CancellationToken.None).AsTask())];
        for (int i = holds.Length - 1; i >= 0; i--)
        {
            holds[i].SetResult();
            Assert.Equal((ulong)i, (await reads[i].WaitAsync(Eventually.Patience)).Version);
            Assert.True(Ask.IsTagged(destinations[i], (ulong)i));
            Assert.Equal(i, reads.Count(read => !read.IsCompleted));
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Sixteen_threads_with_many_in_flight_each_get_their_own(NetworkKind kind)
    {
        await using var plane = new Plane(kind);
        DataConnection connection = await plane.ConnectAsync();
        plane.Node.OnRead = read => read.KnownVersion % 7 == 0 ? Task.Delay((int)(read.KnownVersion % 3)) : null;
        var failures = new System.Collections.Concurrent.ConcurrentQueue<Exception>();
        Thread[] threads = [.. Enumerable.Range(1, 16).Select(number => new Thread(() => ReadTagged(connection, number)))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) Assert.True(thread.Join(Eventually.Patience), "A thread has not come to its end.");
        Assert.Empty(failures);

        void ReadTagged(DataConnection connection, int number)
        {
            try
            {
                Task.WhenAll(Enumerable.Range(0, 8).Select(lane => ReadLaneAsync(connection, (number * 1_000_000) + (lane * 10_000)))).Wait();
            }
            catch (Exception e)
            {
                failures.Enqueue(e);
            }
        }

        static async Task ReadLaneAsync(DataConnection connection, int first)
        {
            byte[] destination = new byte[512];
            for (int i = 0; i < 100; i++)
            {
                ulong tag = (ulong)(first + i);
                Array.Fill(destination, (byte)0xEE);
                Assert.Equal(tag, (await connection.ReadAsync(Ask.Tagged(tag, destination.Length), destination, CancellationToken.None)).Version);
                Assert.True(Ask.IsTagged(destination, tag));
            }
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Who_gives_up_waiting_for_a_place_does_not_take_the_turn_of_the_next(NetworkKind kind)
    {
        await using var plane = new Plane(kind, new TransportOptions { OutstandingMax = 1 });
        DataConnection connection = await plane.ConnectAsync();
        var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        plane.Node.OnRead = read => read.KnownVersion == 1 ? hold.Task : null;
        using var cancellation = new CancellationTokenSource();
        Task<BlockReadReply> first = connection.ReadAsync(Ask.Tagged(1, 8), new byte[8], CancellationToken.None).AsTask();
        Task<BlockReadReply> second = connection.ReadAsync(Ask.Tagged(2, 8), new byte[8], cancellation.Token).AsTask();
        Task<BlockReadReply> third = connection.ReadAsync(Ask.Tagged(3, 8), new byte[8], CancellationToken.None).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        hold.SetResult();
        await first.WaitAsync(Eventually.Patience);
        Assert.Equal(3u, (await third.WaitAsync(Eventually.Patience)).Version);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task An_answer_that_is_awaited_late_does_not_make_the_connection_look_dead(NetworkKind kind)
    {
        await using var plane = new Plane(kind, clientOptions: new TransportOptions { AnswerMax = TimeSpan.FromMilliseconds(100) });
        DataConnection connection = await plane.ConnectAsync();
        ValueTask<BlockReadReply> read = connection.ReadAsync(Ask.Tagged(1, 8), new byte[8], CancellationToken.None);

        // Two others that really are dead, one after the other, take as long as it takes to find out.
        var never = new TaskCompletionSource();
        plane.Node.OnRead = read => read.KnownVersion == 2 ? never.Task : null;
        for (int i = 0; i < 2; i++)
        {
            DataConnection dead = await plane.ConnectAsync(Lane.Bulk);
            await Assert.ThrowsAsync<ConnectionLostException>(
                async () => await dead.ReadAsync(Ask.Tagged(2, 8), new byte[8], CancellationToken.None).AsTask().WaitAsync(Eventually.Patience));
            await Eventually.IsTrue(() => dead.IsEnded, "a connection whose answer does not come is given up");
        }

        never.SetResult();
        Assert.False(connection.IsEnded);
        Assert.Equal(1u, (await read).Version);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_service_that_throws_fails_the_request_and_nothing_else(NetworkKind kind)
    {
        await using var plane = new Plane(kind);
        DataConnection connection = await plane.ConnectAsync();
        plane.Node.OnRead = read => read.KnownVersion == 13 ? throw new InvalidOperationException("thirteen") : null;
        plane.Node.OnWrite = write => write.Block == 13 ? throw new InvalidOperationException("thirteen") : null;
        for (int i = 0; i < 3; i++)
        {
            ConnectionLostException lost = await Assert.ThrowsAsync<ConnectionLostException>(
                async () => await connection.ReadAsync(Ask.Tagged(13, 8), new byte[8], CancellationToken.None));
            Assert.Equal((RefusalReason.Fault, false), (lost.Reason, lost.IsUnsent));
            await Assert.ThrowsAsync<ConnectionLostException>(async () => await connection.WriteAsync(Ask.Write(13, 0, 1), new byte[1], CancellationToken.None));
            BlockWrite[] batch = [Ask.Write(13, 0, 1)];
            await Assert.ThrowsAsync<ConnectionLostException>(async () => await connection.WriteAsync(batch, Ask.Pieces(new byte[1]), new BlockWriteReply[1], CancellationToken.None));
            BlockRead[] reads = [Ask.Tagged(12, 8), Ask.Tagged(13, 8)];
            await Assert.ThrowsAsync<ConnectionLostException>(async () => await connection.ReadAsync(reads, Ask.Places(reads, new byte[16]), new BlockReadReply[2], CancellationToken.None));
        }

        Assert.Equal(14u, (await connection.ReadAsync(Ask.Tagged(14, 8), new byte[8], CancellationToken.None)).Version);
        await plane.Listener.DrainAsync(CancellationToken.None).WaitAsync(Eventually.Patience);
    }
}
