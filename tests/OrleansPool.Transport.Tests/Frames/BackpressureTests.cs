using OrleansPool.Core.Wire;
using OrleansPool.Grains;
using OrleansPool.Transport.Channels;
using OrleansPool.Transport.Client;
using OrleansPool.Transport.Tests.Fakes;
using OrleansPool.Transport.Twin;

namespace OrleansPool.Transport.Tests.Frames;

/// <summary>Who does not take what it asked for, or asks for more than can be held, waits: nobody's memory grows, and nobody else notices.</summary>
public sealed class BackpressureTests
{
    private const int Bound = 256 << 10;

    private static readonly TransportOptions Tight = new() { PendingBytesMax = Bound };

    public static TheoryData<NetworkKind> Kinds => new(NetworkKind.Twin, NetworkKind.Sockets);

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_peer_that_never_reads_makes_the_node_hold_no_more_than_its_bound(NetworkKind kind)
    {
        await using var plane = new Plane(kind, Tight with { StallMax = TimeSpan.FromSeconds(1) });
        DataConnection other = await plane.ConnectAsync();
        using RawPeer greedy = await plane.DialRawAsync();
        await greedy.GreetAsync();
        long most = 0;
        byte[] requests = [.. Enumerable.Range(1, 400).SelectMany(i => Ask.Frame((ulong)i, Ask.Tagged((ulong)i, 256 << 10)))];
        Task sending = greedy.TrySendAsync(requests);
        while (plane.Listener.Counters.EndedCount(RefusalReason.TooSlow) == 0)
        {
            most = Math.Max(most, plane.Listener.HeldBytesOfOne);
            await Plane.ServesAsync(other);
        }

        Assert.InRange(most, 1, Bound + (512 << 10));
        await plane.IsLoggedAsync("took no bytes");
        greedy.Dispose();
        await sending;
        Assert.Equal(1, plane.Listener.ConnectionCount);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Requests_that_are_put_off_make_the_node_hold_no_more_than_its_bound_and_are_all_answered(NetworkKind kind)
    {
        await using var plane = new Plane(kind, Tight);
        var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        plane.Node.OnWrite = _ => hold.Task;
        plane.Node.OnRead = _ => hold.Task;
        using RawPeer peer = await plane.DialRawAsync();
        await peer.GreetAsync();
        byte[] bytes = new byte[FakeNode.BlockBytes];
        byte[] requests =
            [.. Enumerable.Range(1, 300).SelectMany(i => i % 2 == 0 ? Ask.Frame((ulong)i, Ask.Write(1, 0, bytes.Length), bytes) : Ask.Frame((ulong)i, Ask.Tagged((ulong)i, 16 << 10)))];
        Task sending = peer.SendAsync(requests);
        await Eventually.IsTrue(() => plane.Listener.HeldBytesOfOne >= Bound, "the bound is reached");
        Assert.InRange(plane.Listener.HeldBytesOfOne, Bound, Bound + (256 << 10));
        hold.SetResult();
        var answered = new HashSet<ulong>();
        while (answered.Count < 300) Assert.True(answered.Add((await peer.NextAsync())!.Value.Header.Correlation));
        await sending;
        await Eventually.IsTrue(() => plane.Listener.HeldBytesOfOne == 0, "nothing is held any more");
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Bytes_of_a_write_that_is_put_off_stay_what_they_were_whatever_comes_behind_it(NetworkKind kind)
    {
        await using var plane = new Plane(kind);
        DataConnection connection = await plane.ConnectAsync();
        int writeCount = 0;
        plane.Node.OnWrite = _ => Interlocked.Increment(ref writeCount) % 2 == 0 ? Task.Run(() => Thread.SpinWait(50)) : null;
        for (int round = 0; round < 20; round++)
        {
            byte value = (byte)(round + 1);
            Task<BlockWriteReply>[] writes = [.. Enumerable.Range(0, 128).Select(block => WriteAsync(connection, block, (byte)(value + block)))];
            await Task.WhenAll(writes).WaitAsync(Eventually.Patience);
            for (int block = 0; block < 128; block++) Assert.Equal(-1, plane.Node.Copy(block, 0, 3000).AsSpan().IndexOfAnyExcept((byte)(value + block)));
        }

        static Task<BlockWriteReply> WriteAsync(DataConnection connection, int block, byte value)
        {
            byte[] bytes = new byte[3000];
            Array.Fill(bytes, value);
            return connection.WriteAsync(Ask.Write(block, 0, bytes.Length), bytes, CancellationToken.None).AsTask();
        }
    }

    [Fact]
    public async Task Callers_of_a_node_that_takes_no_bytes_wait_and_then_go_on()
    {
        MemoryLink? link = null;
        await using var plane = new Plane(NetworkKind.Twin, Tight, network: new MemoryNetwork { Connected = made => link = made });
        DataConnection connection = await plane.ConnectAsync();
        link!.ToNode.Stall();
        byte[] bytes = new byte[FakeNode.BlockBytes];
        Task<BlockWriteReply>[] writes =
            [.. Enumerable.Range(0, 500).Select(i => connection.WriteAsync(Ask.Write(i % 64, 0, bytes.Length), bytes, CancellationToken.None).AsTask())];
        Assert.InRange(connection.PendingBytes, 1, Bound + (8 << 10));
        Assert.InRange(connection.OutstandingCount, 1, 100);
        Assert.DoesNotContain(writes, write => write.IsCompleted);
        link.ToNode.Resume();
        Assert.All(await Task.WhenAll(writes).WaitAsync(Eventually.Patience), reply => Assert.Equal(OperationStatus.Ok, reply.Status));
    }

    [Fact]
    public async Task A_node_that_takes_no_bytes_for_too_long_is_given_up_with_the_reason_and_others_go_on()
    {
        MemoryLink? link = null;
        await using var plane = new Plane(
            NetworkKind.Twin, clientOptions: new TransportOptions { StallMax = TimeSpan.FromMilliseconds(300) }, network: new MemoryNetwork { Connected = made => link = made });
        DataConnection other = await plane.ConnectAsync(Lane.Bulk);
        DataConnection connection = await plane.ConnectAsync();
        link!.ToNode.Stall();
        ConnectionLostException lost = await Assert.ThrowsAsync<ConnectionLostException>(
            async () => await connection.ReadAsync(Ask.Tagged(1, 8), new byte[8], CancellationToken.None).AsTask().WaitAsync(Eventually.Patience));
        Assert.Contains("took no bytes", lost.Message, StringComparison.Ordinal);
        Assert.True(connection.IsEnded);
        await Plane.ServesAsync(other);
    }

    [Fact]
    public async Task Who_takes_little_but_takes_is_not_given_up()
    {
        await using var plane = new Plane(NetworkKind.Twin, new TransportOptions { StallMax = TimeSpan.FromMilliseconds(500) }, new TransportOptions(), new MemoryNetwork(4 << 10));
        using RawPeer slow = await plane.DialRawAsync();
        await slow.GreetAsync();
        await slow.SendAsync(Ask.Frame(1, Ask.Tagged(1, 1 << 20)));
        byte[] buffer = new byte[32 << 10];
        int received = 0;
        while (received < 1 << 20)
        {
            ChannelStatus status = slow.Channel.TryReceive(buffer, out int count);
            Assert.NotEqual(ChannelStatus.Ended, status);
            received += count;

            // So slow that the whole takes longer than a connection may take nothing.
            if (received / (64 << 10) != (received - count) / (64 << 10)) await Task.Delay(60);
            if (status == ChannelStatus.WouldBlock) await slow.Channel.WaitReadableAsync();
        }

        Assert.Equal(1, plane.Listener.ConnectionCount);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Both_ends_with_all_they_may_hold_to_send_do_not_wait_for_each_other(NetworkKind kind)
    {
        await using var plane = new Plane(kind, new TransportOptions { PendingBytesMax = 32 << 10 }, network: new MemoryNetwork(4 << 10));
        DataConnection connection = await plane.ConnectAsync();
        byte[] bytes = new byte[FakeNode.BlockBytes];
        await Task.WhenAll(Enumerable.Range(0, 64).Select(worker => worker % 2 == 0 ? ReadAsync(connection) : WriteAsync(connection, bytes))).WaitAsync(Eventually.Patience);

        static async Task ReadAsync(DataConnection connection)
        {
            byte[] destination = new byte[32 << 10];
            for (ulong i = 0; i < 20; i++)
            {
                await connection.ReadAsync(Ask.Tagged(i, destination.Length), destination, CancellationToken.None);
                Assert.True(Ask.IsTagged(destination, i));
            }
        }

        static async Task WriteAsync(DataConnection connection, byte[] bytes)
        {
            for (int i = 0; i < 60; i++) await connection.WriteAsync(Ask.Write(i, 0, bytes.Length), bytes, CancellationToken.None);
        }
    }
}
