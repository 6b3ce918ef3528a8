using OrleansPool.Core.Wire;
using OrleansPool.Transport.Channels;
using OrleansPool.Transport.Client;
using OrleansPool.Transport.Tests.Fakes;

namespace OrleansPool.Transport.Tests.Server;

public sealed class LimitTests
{
    public static TheoryData<NetworkKind> Kinds => new(NetworkKind.Twin, NetworkKind.Sockets);

    [Theory, MemberData(nameof(Kinds))]
    public async Task No_more_connections_are_served_than_there_may_be(NetworkKind kind)
    {
        await using var plane = new Plane(kind, new TransportOptions { ConnectionsMax = 2 });
        DataConnection first = await plane.ConnectAsync(Lane.Express);
        DataConnection second = await plane.ConnectAsync(Lane.Bulk);
        using (RawPeer peer = await plane.DialRawAsync())
        {
            await peer.SendAsync(RawPeer.Greeting.ToFrame());
            Assert.Equal(RefusalReason.TooManyConnections, (await peer.NextRefusalAsync()).Reason);
        }

        await plane.CountsAsync(counters => counters.RefusedCount(RefusalReason.TooManyConnections), 1);
        await plane.IsLoggedAsync("2 connections already");
        await Plane.ServesAsync(first);
        second.Dispose();
        await Eventually.IsTrue(() => plane.Listener.ConnectionCount == 1, "the place is free");
        using RawPeer next = await plane.DialRawAsync();
        await next.GreetAsync();
    }

    [Fact]
    public async Task Many_that_come_at_once_do_not_slip_past_the_limit()
    {
        await using var plane = new Plane(NetworkKind.Twin, new TransportOptions { ConnectionsMax = 5 });
        var hold = new TaskCompletionSource();
        plane.Node.OnAdmit = async hello =>
        {
            await hold.Task;
            return Transport.Server.Admission.Of(new Transport.Server.Principal("many", hello.Sender));
        };
        RawPeer[] peers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => plane.DialRawAsync()));
        foreach (RawPeer peer in peers) await peer.SendAsync(RawPeer.Greeting.ToFrame());
        await Eventually.IsTrue(() => plane.Listener.UnprovenCount == 40, "all are examined");
        hold.SetResult();
        await Eventually.IsTrue(() => plane.Listener.UnprovenCount == 0, "all are decided on");
        Assert.Equal(5, plane.Listener.ConnectionCount);
        await plane.CountsAsync(counters => counters.RefusedCount(RefusalReason.TooManyConnections), 35);
        foreach (RawPeer peer in peers) peer.Dispose();
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Strangers_who_say_nothing_are_few_and_do_not_stay(NetworkKind kind)
    {
        await using var plane = new Plane(kind, new TransportOptions { UnprovenMax = 3, HandshakeMax = TimeSpan.FromMilliseconds(400) });
        DataConnection other = await plane.ConnectAsync();
        RawPeer[] silent = [await plane.DialRawAsync(), await plane.DialRawAsync(), await plane.DialRawAsync()];
        await Eventually.IsTrue(() => plane.Listener.UnprovenCount == 3, "three are unproven");
        using (RawPeer fourth = await plane.DialRawAsync())
        {
            await fourth.HearEndAsync();
        }

        await plane.CountsAsync(counters => counters.RefusedCount(RefusalReason.TooManyConnections), 1);
        await plane.IsLoggedAsync("unheard");
        await Plane.ServesAsync(other);
        foreach (RawPeer peer in silent)
        {
            Assert.Equal(RefusalReason.TooSlow, (await peer.NextRefusalAsync()).Reason);
            await peer.HearEndAsync();
            peer.Dispose();
        }

        await plane.CountsAsync(counters => counters.RefusedCount(RefusalReason.TooSlow), 3);
        await plane.IsLoggedAsync("handshake took more than");
        await Eventually.IsTrue(() => plane.Listener.UnprovenCount == 0, "nobody is unproven");
        using RawPeer next = await plane.DialRawAsync();
        await next.GreetAsync();
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Who_greets_a_byte_at_a_time_and_too_slowly_is_sent_away(NetworkKind kind)
    {
        await using var plane = new Plane(kind, new TransportOptions { HandshakeMax = TimeSpan.FromMilliseconds(400) });
        using RawPeer peer = await plane.DialRawAsync();
        Task<Refusal> refusal = peer.NextRefusalAsync();
        foreach (byte one in RawPeer.Greeting.ToFrame())
        {
            await peer.TrySendAsync([one]);

            // The pace of somebody who means to hold a place for ever.
            if (await Task.WhenAny(refusal, Task.Delay(50)) == refusal) break;
        }

        Assert.Equal(RefusalReason.TooSlow, (await refusal).Reason);
        Assert.Equal(0, plane.Listener.Counters.AdmittedCount);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Who_stops_in_the_middle_of_a_frame_is_ended_and_who_is_slow_is_not(NetworkKind kind)
    {
        await using var plane = new Plane(kind, new TransportOptions { StallMax = TimeSpan.FromMilliseconds(500) }, new TransportOptions());
        DataConnection other = await plane.ConnectAsync();
        using RawPeer stalled = await plane.DialRawAsync();
        await stalled.GreetAsync();
        await stalled.SendAsync(Ask.Frame(1, Ask.Write(0, 0, 4000), new byte[4000])[..2000]);
        Refusal refusal = await stalled.NextRefusalAsync();
        Assert.Equal(RefusalReason.TooSlow, refusal.Reason);
        await plane.CountsAsync(counters => counters.EndedCount(RefusalReason.TooSlow), 1);
        await plane.IsLoggedAsync("a frame took more than");
        await Plane.ServesAsync(other);
        Assert.Equal(1, plane.Listener.ConnectionCount);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Signs_of_life_keep_a_quiet_client_and_a_silent_peer_is_ended(NetworkKind kind)
    {
        await using var plane = new Plane(kind, new TransportOptions { IdleMax = TimeSpan.FromSeconds(2) });
        DataConnection quiet = await plane.ConnectAsync();
        using RawPeer silent = await plane.DialRawAsync();
        await silent.GreetAsync();
        Refusal refusal = await silent.NextRefusalAsync();
        Assert.Equal(RefusalReason.TooSlow, refusal.Reason);
        await plane.IsLoggedAsync("silent");
        using RawPeer silentToo = await plane.DialRawAsync();
        await silentToo.GreetAsync();
        await silentToo.NextRefusalAsync();
        Assert.False(quiet.IsEnded);
        await Plane.ServesAsync(quiet);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_node_that_goes_silent_is_given_up_though_nobody_asks_it_anything(NetworkKind kind)
    {
        await using var plane = new Plane(kind, new TransportOptions { IdleMax = TimeSpan.FromMinutes(5) }, new TransportOptions { IdleMax = TimeSpan.FromMilliseconds(900) });
        await using var node = new RawNode(kind == NetworkKind.Twin ? plane.Network.Listen("mute", 0) : new SocketAcceptor(System.Net.IPAddress.Loopback, 0));
        Task<RawPeer> accepted = node.WelcomeAsync();
        DataConnection connection = await plane.Client.LinkTo(RawNode.Id, node.Endpoint).GetAsync(Lane.Express, CancellationToken.None);
        using RawPeer mute = await accepted;
        Assert.Equal(FrameType.Ping, (await mute.NextAsync())!.Value.Header.Type);
        await Eventually.IsTrue(() => connection.IsEnded, "the connection has ended");
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Frames_are_no_longer_than_the_node_allows_and_the_client_does_not_even_try(NetworkKind kind)
    {
        await using var plane = new Plane(kind, new TransportOptions { FrameBytesMax = 64 << 10 }, new TransportOptions());
        DataConnection connection = await plane.ConnectAsync();
        Assert.Equal(64 << 10, connection.FrameBytesMax);
        byte[] bytes = new byte[64 << 10];
        await Assert.ThrowsAsync<ArgumentException>(async () => await connection.WriteAsync(Ask.Write(0, 0, bytes.Length), bytes, CancellationToken.None));
        using RawPeer peer = await plane.DialRawAsync();
        await peer.GreetAsync();
        await peer.SendAsync(Ask.Frame(1, Ask.Write(0, 0, bytes.Length), bytes)[..100]);
        Assert.Equal(RefusalReason.FrameTooLong, (await peer.NextRefusalAsync()).Reason);
        await Plane.ServesAsync(connection);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task More_requests_at_a_time_than_were_agreed_are_refused_one_by_one(NetworkKind kind)
    {
        await using var plane = new Plane(kind, new TransportOptions { OutstandingMax = 3 });
        var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        plane.Node.OnRead = _ => hold.Task;
        using RawPeer peer = await plane.DialRawAsync();
        await peer.GreetAsync();
        for (ulong i = 1; i <= 5; i++) await peer.SendAsync(Ask.Frame(i, Ask.Tagged(i, 8)));
        for (ulong i = 4; i <= 5; i++)
        {
            (FrameHeader header, byte[] body) = (await peer.NextAsync())!.Value;
            Assert.Equal((FrameType.Error, i, RefusalReason.TooManyOutstanding), (header.Type, header.Correlation, Refusal.Read(body).Reason));
        }

        hold.SetResult();
        var answered = new List<ulong>();
        for (int i = 0; i < 3; i++) answered.Add((await peer.NextAsync())!.Value.Header.Correlation);
        Assert.Equal(new ulong[] { 1, 2, 3 }, answered.Order());
    }
}
