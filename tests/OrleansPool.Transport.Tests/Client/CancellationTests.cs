using OrleansPool.Core.Wire;
using OrleansPool.Grains;
using OrleansPool.Transport.Client;
using OrleansPool.Transport.Tests.Fakes;
using OrleansPool.Transport.Twin;

namespace OrleansPool.Transport.Tests.Client;

public sealed class CancellationTests
{
    public static TheoryData<NetworkKind> Kinds => new(NetworkKind.Twin, NetworkKind.Sockets);

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_cancelled_read_ends_at_once_and_keeps_its_place_until_its_answer_is_off(NetworkKind kind)
    {
        await using var plane = new Plane(kind);
        DataConnection connection = await plane.ConnectAsync();
        var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        plane.Node.OnRead = read => read.KnownVersion == 1 ? hold.Task : null;
        using var cancellation = new CancellationTokenSource();
        byte[] destination = new byte[4096];
        Task<BlockReadReply> read = connection.ReadAsync(Ask.Tagged(1, destination.Length), destination, cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        OperationCanceledException cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.WaitAsync(Eventually.Patience));
        Assert.Equal(cancellation.Token, cancelled.CancellationToken);
        Assert.Equal(1, connection.OutstandingCount);
        hold.SetResult();
        await Eventually.IsTrue(() => connection.OutstandingCount == 0, "the late answer frees the place");
        Assert.Equal(2u, (await connection.ReadAsync(Ask.Tagged(2, 8), new byte[8], CancellationToken.None)).Version);
        Assert.All(destination, value => Assert.Equal(0, value));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_token_that_is_cancelled_already_sends_nothing(NetworkKind kind)
    {
        await using var plane = new Plane(kind);
        plane.Node.IsRecording = true;
        DataConnection connection = await plane.ConnectAsync();
        var cancelled = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await connection.ReadAsync(Ask.Tagged(1, 8), new byte[8], cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await connection.WriteAsync(Ask.Write(0, 0, 1), new byte[1], cancelled));
        Assert.Equal(0, connection.OutstandingCount);
        await connection.ReadAsync(Ask.Tagged(2, 8), new byte[8], CancellationToken.None);
        Assert.Single(plane.Node.Asked);
    }

    /// <summary>Each caller writes all over its destination the moment its cancelled call has returned: nobody else may write there from then on.</summary>
    [Theory, MemberData(nameof(Kinds))]
    public async Task The_destination_is_the_callers_again_once_its_cancelled_call_has_returned(NetworkKind kind)
    {
        await using var plane = new Plane(kind);
        DataConnection connection = await plane.ConnectAsync();
        plane.Node.OnRead = read => read.KnownVersion % 5 == 0 ? FakeNode.LaterAsync() : null;
        int[] cancelledCounts = await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(() => HuntAsync(connection, worker)))).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.True(cancelledCounts.Sum() > 100, $"Only {cancelledCounts.Sum()} calls were cancelled in time: the race was not run.");
        await Eventually.IsTrue(() => connection.OutstandingCount == 0, "all places are free");
        Assert.Equal(7u, (await connection.ReadAsync(Ask.Tagged(7, 8), new byte[8], CancellationToken.None)).Version);
        Assert.False(connection.IsEnded);

        static async Task<int> HuntAsync(DataConnection connection, int worker)
        {
            var random = new Random(worker);
            byte[] destination = new byte[16 << 10];
            int cancelledCount = 0;
            for (int i = 0; i < 1500; i++)
            {
                ulong tag = (ulong)((worker * 100_000) + i);
                using var cancellation = new CancellationTokenSource();
                Task cancelling = Task.Run(() =>
                {
                    Thread.SpinWait(random.Next(2000));
                    cancellation.Cancel();
                });
                try
                {
                    Assert.Equal(tag, (await connection.ReadAsync(Ask.Tagged(tag, destination.Length), destination, cancellation.Token)).Version);
                    Assert.True(Ask.IsTagged(destination, tag), "An answer came to another's caller.");
                }
                catch (OperationCanceledException)
                {
                    cancelledCount++;
                    Array.Fill(destination, (byte)0xCC);
                    // Answers that were not put off come in order: after this one the late one has been here.
                    if (i % 16 == 0) await connection.ReadAsync(Ask.Tagged(1, 8), new byte[8], CancellationToken.None);
                    else Thread.SpinWait(500);
                    Assert.Equal(-1, destination.AsSpan().IndexOfAnyExcept((byte)0xCC));
                }

                await cancelling;
            }

            return cancelledCount;
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Writes_that_are_cancelled_in_mid_send_do_not_put_the_connection_out_of_step(NetworkKind kind)
    {
        await using var plane = new Plane(kind);
        DataConnection connection = await plane.ConnectAsync(Lane.Bulk);
        int[] done = await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(() => WriteAsync(connection, worker)))).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.True(done.Sum() > 0);
        await Eventually.IsTrue(() => connection.OutstandingCount == 0, "all places are free");
        for (int block = 0; block < 64; block++)
        {
            byte[] bytes = plane.Node.Copy(block, 0, FakeNode.BlockBytes);
            Assert.True(bytes.AsSpan().IndexOfAnyExcept(bytes[0]) < 0, "A write came in torn.");
        }

        Assert.False(connection.IsEnded);

        static async Task<int> WriteAsync(DataConnection connection, int worker)
        {
            var random = new Random(worker);
            byte[] bytes = new byte[FakeNode.BlockBytes];
            int doneCount = 0;
            for (int i = 0; i < 200; i++)
            {
                using var cancellation = new CancellationTokenSource();
                Array.Fill(bytes, (byte)random.Next());
                Task<BlockWriteReply>[] writes =
                    [.. Enumerable.Range(0, 8).Select(k => connection.WriteAsync(Ask.Write((worker * 8) + k, 0, bytes.Length), bytes, cancellation.Token).AsTask())];
                Thread.SpinWait(random.Next(5000));
                if (i % 4 > 0) await cancellation.CancelAsync();
                foreach (Task<BlockWriteReply> write in writes)
                {
                    await ((Task)write).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    if (write.IsCompletedSuccessfully) doneCount++;
                }
            }

            return doneCount;
        }
    }

    [Fact]
    public async Task A_write_that_is_cancelled_while_half_of_it_is_sent_is_sent_to_its_end()
    {
        MemoryLink? link = null;
        var network = new MemoryNetwork(bufferBytes: 1024) { Connected = made => link = made };
        await using var plane = new Plane(NetworkKind.Twin, network: network);
        DataConnection connection = await plane.ConnectAsync();
        byte[] bytes = new byte[FakeNode.BlockBytes];
        Array.Fill(bytes, (byte)5);
        var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var cancellation = new CancellationTokenSource();
        link!.ToNode.Stall();
        long before = link.ToNode.PutCount;
        Task<BlockWriteReply> write = connection.WriteAsync(Ask.Write(1, 0, bytes.Length), bytes, cancellation.Token).AsTask();
        Task<BlockReadReply> read = connection.ReadAsync(Ask.Tagged(3, 8), new byte[8], CancellationToken.None).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write.WaitAsync(Eventually.Patience));
        Array.Clear(bytes);
        Assert.Equal(before, link.ToNode.PutCount);
        link.ToNode.Resume();
        Assert.Equal(3u, (await read.WaitAsync(Eventually.Patience)).Version);
        Assert.All(plane.Node.Copy(1, 0, FakeNode.BlockBytes), value => Assert.Equal(5, value));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_connection_that_ends_while_requests_begin_leaves_nothing_with_a_long_lived_token(NetworkKind kind)
    {
        using var cancellation = new CancellationTokenSource();
        for (int round = 0; round < 30; round++)
        {
            await using var plane = new Plane(kind);
            DataConnection connection = await plane.ConnectAsync();
            Task[] callers = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(() => AskUntilItEndsAsync(connection, cancellation.Token)))];
            await connection.ReadAsync(Ask.Tagged(1, 8), new byte[8], CancellationToken.None);
            connection.Dispose();
            await Task.WhenAll(callers).WaitAsync(Eventually.Patience);
            await Eventually.IsTrue(() => connection.OutstandingCount == 0, "all places are free");
        }

        static async Task AskUntilItEndsAsync(DataConnection connection, CancellationToken cancellationToken)
        {
            while (true)
            {
                try
                {
                    await connection.ReadAsync(Ask.Tagged(1, 8), new byte[8], cancellationToken);
                }
                catch (ConnectionLostException)
                {
                    return;
                }
            }
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_request_that_takes_too_long_is_given_up_and_its_late_answer_hurts_nobody(NetworkKind kind)
    {
        await using var plane = new Plane(kind, clientOptions: new TransportOptions { AnswerMax = TimeSpan.FromMilliseconds(200) });
        DataConnection connection = await plane.ConnectAsync();
        var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        plane.Node.OnRead = read => read.KnownVersion == 1 ? hold.Task : null;
        ConnectionLostException lost = await Assert.ThrowsAsync<ConnectionLostException>(
            async () => await connection.ReadAsync(Ask.Tagged(1, 8), new byte[8], CancellationToken.None).AsTask().WaitAsync(Eventually.Patience));
        Assert.Equal((RefusalReason.TooSlow, false), (lost.Reason, lost.IsUnsent));
        hold.SetResult();
        await Eventually.IsTrue(() => connection.OutstandingCount == 0, "the late answer frees the place");
        Assert.Equal(2u, (await connection.ReadAsync(Ask.Tagged(2, 8), new byte[8], CancellationToken.None)).Version);
    }
}
