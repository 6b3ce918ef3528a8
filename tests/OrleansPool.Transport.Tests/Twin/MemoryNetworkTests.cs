using OrleansPool.Grains;
using OrleansPool.Transport.Channels;
using OrleansPool.Transport.Client;
using OrleansPool.Transport.Tests.Fakes;
using OrleansPool.Transport.Twin;

namespace OrleansPool.Transport.Tests.Twin;

/// <summary>The twin behaves as sockets do, and a connection over it survives, or ends cleanly with, whatever goes wrong.</summary>
public sealed class MemoryNetworkTests
{
    private static readonly TransportOptions Hasty = new() { AnswerMax = TimeSpan.FromSeconds(2), BackOffFirst = TimeSpan.FromMilliseconds(1), BackOffMax = TimeSpan.FromMilliseconds(2) };

    [Fact]
    public async Task A_full_pipe_takes_no_more_until_something_is_taken_and_an_end_comes_after_the_bytes()
    {
        var network = new MemoryNetwork(bufferBytes: 10);
        using IAcceptor acceptor = network.Listen("here", 0);
        using IByteChannel near = await network.DialAsync(acceptor.Endpoint, CancellationToken.None);
        using IIncoming incoming = (await acceptor.AcceptAsync())!;
        using IByteChannel far = await incoming.OpenAsync(CancellationToken.None);
        byte[] buffer = new byte[20];
        Assert.Equal(ChannelStatus.WouldBlock, far.TryReceive(buffer, out _));
        Assert.Equal(ChannelStatus.Ok, near.TrySend(new byte[15], out int count));
        Assert.Equal(10, count);
        Assert.Equal(ChannelStatus.WouldBlock, near.TrySend(new byte[1], out _));
        Task<bool> sending = near.SendAsync(new byte[] { 1, 2, 3 }, CancellationToken.None).AsTask();
        Assert.False(sending.IsCompleted);
        Assert.True(far.WaitReadable(TimeSpan.Zero));
        Assert.Equal(ChannelStatus.Ok, far.TryReceive(buffer, out count));
        Assert.Equal(10, count);
        Assert.True(await sending.WaitAsync(Eventually.Patience));
        near.Dispose();
        Assert.Equal(ChannelStatus.Ok, far.TryReceive(buffer, out count));
        Assert.Equal([1, 2, 3], buffer[..count]);
        Assert.Equal(ChannelStatus.Ended, far.TryReceive(buffer, out _));
        Assert.Equal(ChannelStatus.Ended, far.TrySend(new byte[1], out _));
        Assert.False(await far.SendAsync(new byte[1], CancellationToken.None));
    }

    [Fact]
    public async Task Nobody_is_reached_where_nobody_listens_or_the_network_is_down()
    {
        var network = new MemoryNetwork();
        await Assert.ThrowsAsync<IOException>(async () => await network.DialAsync(new DataEndpoint("nowhere", 1), CancellationToken.None));
        IAcceptor acceptor = network.Listen("here", 5);
        Assert.Throws<IOException>(() => network.Listen("here", 5));
        network.IsDown = true;
        await Assert.ThrowsAsync<IOException>(async () => await network.DialAsync(acceptor.Endpoint, CancellationToken.None));
        network.IsDown = false;
        using IByteChannel queued = await network.DialAsync(acceptor.Endpoint, CancellationToken.None);
        acceptor.Dispose();
        Assert.Equal(ChannelStatus.Ended, queued.TryReceive(new byte[1], out _));
        Assert.Null(await acceptor.AcceptAsync());
        network.Listen("here", 5).Dispose();
    }

    [Fact]
    public async Task Bytes_that_come_one_at_a_time_both_ways_make_the_same_frames()
    {
        var network = new MemoryNetwork
        {
            Connected = link =>
            {
                link.ToNode.Dribble();
                link.ToClient.Dribble();
            },
        };
        await using var plane = new Plane(NetworkKind.Twin, network: network);
        DataConnection connection = await plane.ConnectAsync();
        byte[] destination = new byte[512];
        await Task.WhenAll(Enumerable.Range(1, 8).Select(worker => ReadAsync(connection, (ulong)worker))).WaitAsync(Eventually.Patience);
        Assert.Equal(OperationStatus.Ok, (await connection.WriteAsync(Ask.Write(0, 0, 300), destination.AsMemory(0, 300), CancellationToken.None)).Status);

        static async Task ReadAsync(DataConnection connection, ulong tag)
        {
            byte[] destination = new byte[512];
            await connection.ReadAsync(Ask.Tagged(tag, destination.Length), destination, CancellationToken.None);
            Assert.True(Ask.IsTagged(destination, tag));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_cut_after_any_number_of_bytes_ends_every_request_and_the_next_connection_is_good(bool isTowardsNode)
    {
        int cutAfter = 0;
        var network = new MemoryNetwork();
        await using var plane = new Plane(NetworkKind.Twin, Hasty, network: network);
        network.Connected = link =>
        {
            if (cutAfter > 0) (isTowardsNode ? link.ToNode : link.ToClient).CutAfter(cutAfter);
        };
        int endCount = 0;
        for (int n = 1; n < 700; n += n < 260 ? 7 : 31)
        {
            cutAfter = n;
            try
            {
                DataConnection connection = await plane.ConnectAsync();
                for (ulong tag = 1; tag < 20; tag++)
                {
                    byte[] destination = new byte[64];
                    await connection.ReadAsync(Ask.Tagged(tag, destination.Length), destination, CancellationToken.None).AsTask().WaitAsync(Eventually.Patience);
                    Assert.True(Ask.IsTagged(destination, tag));
                }
            }
            catch (ConnectionLostException)
            {
                endCount++;
            }

            plane.Client.Forget(plane.Node.Node);
        }

        Assert.True(endCount > 30, $"Only {endCount} cuts were felt.");
        cutAfter = 0;
        await Plane.ServesAsync(await plane.ConnectAsync());
        await Eventually.IsTrue(() => plane.Listener.ConnectionCount == 1, "only the last connection is left");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_byte_that_is_not_what_was_sent_never_hangs_a_caller(bool isTowardsNode)
    {
        long at = -1;
        var network = new MemoryNetwork();
        await using var plane = new Plane(NetworkKind.Twin, Hasty with { AnswerMax = TimeSpan.FromMilliseconds(100), HandshakeMax = TimeSpan.FromMilliseconds(100) }, network: network);
        network.Connected = link => (isTowardsNode ? link.ToNode : link.ToClient).CorruptAt(at);
        for (at = 0; at < 300; at += 9)
        {
            try
            {
                DataConnection connection = await plane.ConnectAsync();
                Task<BlockReadReply>[] reads = [.. Enumerable.Range(1, 4).Select(tag => connection.ReadAsync(Ask.Tagged((ulong)tag, 8), new byte[8], CancellationToken.None).AsTask())];
                await Task.WhenAll(reads).WaitAsync(Eventually.Patience);
            }
            catch (ConnectionLostException)
            {
                // As it should be; some bytes do not matter.
            }

            plane.Client.Forget(plane.Node.Node);
        }

        at = -1;
        await Eventually.Succeeds(
            () => plane.Link.GetAsync(Core.Wire.Lane.Express, CancellationToken.None).AsTask().ContinueWith(task => task.IsCompletedSuccessfully, TaskScheduler.Default),
            "it connects again");
        await Plane.ServesAsync(await plane.ConnectAsync());
    }

    [Fact]
    public async Task A_stall_of_answers_holds_its_callers_up_and_nothing_is_lost()
    {
        MemoryLink? link = null;
        await using var plane = new Plane(NetworkKind.Twin, network: new MemoryNetwork { Connected = made => link = made });
        DataConnection connection = await plane.ConnectAsync();
        link!.ToClient.Stall();
        Task<BlockReadReply>[] reads = [.. Enumerable.Range(1, 50).Select(tag => connection.ReadAsync(Ask.Tagged((ulong)tag, 4096), new byte[4096], CancellationToken.None).AsTask())];
        await Eventually.IsTrue(() => plane.Listener.HeldBytesOfOne > 50 * 4096, "all answers are ready");
        Assert.DoesNotContain(reads, read => read.IsCompleted);
        link.ToClient.Resume();
        BlockReadReply[] replies = await Task.WhenAll(reads).WaitAsync(Eventually.Patience);
        Assert.Equal(Enumerable.Range(1, 50).Select(tag => (ulong)tag), replies.Select(reply => reply.Version));
    }
}
