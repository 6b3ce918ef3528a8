using System.Net;
using OrleansPool.Core.Wire;
using OrleansPool.Grains;
using OrleansPool.Transport.Channels;
using OrleansPool.Transport.Client;
using OrleansPool.Transport.Tests.Fakes;

namespace OrleansPool.Transport.Tests.Client;

public sealed class NodeLinkTests
{
    private static readonly TransportOptions Hasty = new() { BackOffFirst = TimeSpan.FromMilliseconds(5), BackOffMax = TimeSpan.FromMilliseconds(20) };

    public static TheoryData<NetworkKind> Kinds => new(NetworkKind.Twin, NetworkKind.Sockets);

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_node_that_went_away_and_came_back_is_found_again(NetworkKind kind)
    {
        await using var plane = new Plane(kind, Hasty);
        DataConnection first = await plane.ConnectAsync();
        var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        plane.Node.OnRead = _ => hold.Task;
        Task<BlockReadReply> underWay = first.ReadAsync(Ask.Tagged(1, 8), new byte[8], CancellationToken.None).AsTask();
        await Eventually.IsTrue(() => plane.Listener.HeldBytesOfOne > 0, "the read is under way");
        await plane.StopNodeAsync();
        ConnectionLostException lost = await Assert.ThrowsAsync<ConnectionLostException>(() => underWay.WaitAsync(Eventually.Patience));
        Assert.Equal((RefusalReason.Leaving, false), (lost.Reason, lost.IsUnsent));
        ConnectionLostException unsent = await Assert.ThrowsAsync<ConnectionLostException>(async () => await first.ReadAsync(Ask.Tagged(1, 8), new byte[8], CancellationToken.None));
        Assert.True(unsent.IsUnsent);
        unsent = await Assert.ThrowsAsync<ConnectionLostException>(() => plane.ConnectAsync());
        Assert.True(unsent.IsUnsent);
        Assert.Contains(plane.Endpoint.ToString(), unsent.Message, StringComparison.Ordinal);
        hold.SetResult();

        plane.RestartNode();
        DataConnection? second = null;
        await Eventually.Succeeds(
            async () =>
            {
                try
                {
                    second = await plane.ConnectAsync();
                    return true;
                }
                catch (ConnectionLostException)
                {
                    return false;
                }
            },
            "it connects again");
        Assert.NotSame(first, second);
        await Plane.ServesAsync(second!);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Another_life_of_the_node_at_the_same_address_is_not_taken_for_it(NetworkKind kind)
    {
        await using var plane = new Plane(kind, Hasty);
        NodeLink link = plane.Link;
        DataConnection former = await plane.ConnectAsync();
        await plane.StopNodeAsync();
        await Eventually.IsTrue(() => former.IsEnded, "the client has noticed");
        plane.RestartNode(new FakeNode { Node = new NodeIncarnation(8) });
        await Eventually.Succeeds(
            async () =>
            {
                ConnectionLostException lost = await Assert.ThrowsAsync<ConnectionLostException>(async () => await link.GetAsync(Lane.Express, CancellationToken.None));
                Assert.True(lost.IsUnsent);
                return lost.Reason == RefusalReason.WrongIncarnation;
            },
            "the new life says that it is another");

        Assert.Equal(0, plane.Listener.Counters.AdmittedCount);
        await Plane.ServesAsync(await plane.ConnectAsync());
    }

    [Fact]
    public async Task A_node_that_says_it_is_another_is_not_taken_for_the_one_that_is_meant()
    {
        var network = new Transport.Twin.MemoryNetwork();
        await using var node = new RawNode(network.Listen("node", 0));
        using var client = new DataClient(network, "test", () => default, Hasty);
        Task<RawPeer> accepted = node.WelcomeAsync();
        ConnectionLostException lost = await Assert.ThrowsAsync<ConnectionLostException>(
            async () => await client.LinkTo(new NodeIncarnation(5), node.Endpoint).GetAsync(Lane.Express, CancellationToken.None));
        Assert.Equal(RefusalReason.WrongIncarnation, lost.Reason);
        await accepted;
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Between_attempts_requests_fail_at_once_and_do_not_knock(NetworkKind kind)
    {
        await using var plane = new Plane(kind, new TransportOptions { BackOffFirst = TimeSpan.FromMinutes(1), BackOffMax = TimeSpan.FromMinutes(2) });
        plane.Node.OnAdmit = _ => new(Transport.Server.Admission.Refused(RefusalReason.AccessDenied, "no"));
        for (int i = 0; i < 50; i++)
        {
            ConnectionLostException lost = await Assert.ThrowsAsync<ConnectionLostException>(() => plane.ConnectAsync());
            Assert.Equal((RefusalReason.AccessDenied, true), (lost.Reason, lost.IsUnsent));
        }

        await plane.CountsAsync(counters => counters.RefusedCount(RefusalReason.AccessDenied), 1);
    }

    [Theory]
    [InlineData(0, 50)]
    [InlineData(1, 100)]
    [InlineData(3, 400)]
    [InlineData(6, 3200)]
    [InlineData(7, 5000)]
    [InlineData(1_000_000, 5000)]
    public void The_wait_doubles_up_to_its_bound_and_is_drawn_around_its_mean(int failureCount, int mean)
    {
        var options = new TransportOptions();
        Assert.Equal(mean / 2, DataClient.BackOff(options, failureCount, draw: 0));
        Assert.Equal(mean, DataClient.BackOff(options, failureCount, draw: 0.5));
        Assert.InRange(DataClient.BackOff(options, failureCount, draw: 0.999999), mean, mean * 3 / 2);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Many_who_ask_at_once_share_one_attempt(NetworkKind kind)
    {
        await using var plane = new Plane(kind);
        DataConnection[] connections = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(() => plane.ConnectAsync())));
        Assert.Single(connections.Distinct());
        Assert.Equal(1, plane.Listener.Counters.AdmittedCount);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_link_that_is_closed_while_it_connects_leaves_no_connection(NetworkKind kind)
    {
        await using var plane = new Plane(kind);
        for (int round = 0; round < 100; round++)
        {
            Task<DataConnection> attempt = plane.Link.GetAsync(Lane.Express, CancellationToken.None).AsTask();
            if (round % 3 == 0) await Task.Yield();
            if (round % 3 == 1) Thread.SpinWait(round * 100);
            plane.Client.Forget(plane.Node.Node);
            await Task.WhenAny(attempt);
        }

        await Eventually.IsTrue(() => plane.Listener.ConnectionCount == 0 && plane.Listener.UnprovenCount == 0, "no connection is left");
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_node_that_drains_answers_what_is_under_way_and_gets_nothing_new(NetworkKind kind)
    {
        await using var plane = new Plane(kind, Hasty);
        DataConnection connection = await plane.ConnectAsync();
        var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        plane.Node.OnRead = _ => hold.Task;
        Task<BlockReadReply>[] underWay = [.. Enumerable.Range(1, 10).Select(i => connection.ReadAsync(Ask.Tagged((ulong)i, 8), new byte[8], CancellationToken.None).AsTask())];
        await Eventually.IsTrue(() => plane.Listener.HeldBytesOfOne == 80, "the reads are under way");
        Task drained = plane.Listener.DrainAsync(CancellationToken.None);
        await Eventually.IsTrue(() => connection.IsDraining, "the client knows");
        Assert.Null(plane.Link.TryGet(Lane.Express));
        ConnectionLostException lost = await Assert.ThrowsAsync<ConnectionLostException>(() => plane.ConnectAsync());
        Assert.Equal((RefusalReason.Leaving, true), (lost.Reason, lost.IsUnsent));
        Assert.False(drained.IsCompleted);
        hold.SetResult();
        BlockReadReply[] replies = await Task.WhenAll(underWay).WaitAsync(Eventually.Patience);
        Assert.Equal(Enumerable.Range(1, 10).Select(i => (ulong)i), replies.Select(reply => reply.Version));
        await drained.WaitAsync(Eventually.Patience);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_listener_that_is_closed_in_mid_traffic_ends_every_connection_and_serves_no_new_one(NetworkKind kind)
    {
        for (int round = 0; round < 10; round++)
        {
            await using var plane = new Plane(kind, Hasty);
            DataConnection connection = await plane.ConnectAsync();
            Task[] callers = [.. Enumerable.Range(0, 4).Select(number => AskUntilItEndsAsync(connection, (ulong)number)), .. Enumerable.Range(0, 4).Select(_ => DialAsync(plane))];
            await Plane.ServesAsync(connection);
            await plane.StopNodeAsync();
            await Task.WhenAll(callers).WaitAsync(Eventually.Patience);
            await Eventually.IsTrue(() => plane.Listener.ConnectionCount == 0 && plane.Listener.UnprovenCount == 0, "no connection is left");
        }

        static async Task AskUntilItEndsAsync(DataConnection connection, ulong number)
        {
            await Task.Yield();
            byte[] destination = new byte[4096];
            try
            {
                for (ulong i = 0; ; i++)
                {
                    ulong tag = (number << 32) + i;
                    await connection.ReadAsync(Ask.Tagged(tag, destination.Length), destination, CancellationToken.None).ConfigureAwait(false);
                    Assert.True(Ask.IsTagged(destination, tag));
                }
            }
            catch (ConnectionLostException)
            {
                Assert.True(connection.IsEnded);
            }
        }

        static async Task DialAsync(Plane plane)
        {
            await Task.Yield();
            try
            {
                while (true)
                {
                    using RawPeer peer = await plane.DialRawAsync();
                    await peer.TrySendAsync(RawPeer.Greeting.ToFrame());
                    if (await peer.NextAsync() is not { Header.Type: FrameType.Welcome }) return;
                    await peer.HearEndAsync().WaitAsync(TimeSpan.FromMilliseconds(20)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }
            catch (IOException)
            {
                // Nobody listens any more.
            }
        }
    }

    [Fact]
    public async Task A_port_that_is_taken_and_one_where_nobody_listens_are_told_by_name()
    {
        using var taken = new SocketAcceptor(IPAddress.Loopback, 0);
        IOException refused = Assert.Throws<IOException>(() => new SocketAcceptor(IPAddress.Loopback, taken.Endpoint.Port));
        Assert.Contains(taken.Endpoint.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), refused.Message, StringComparison.Ordinal);
        DataEndpoint endpoint = taken.Endpoint;
        taken.Dispose();
        refused = await Assert.ThrowsAsync<IOException>(async () => await new SocketDialer().DialAsync(endpoint, CancellationToken.None));
        Assert.Contains(endpoint.ToString(), refused.Message, StringComparison.Ordinal);
    }
}
