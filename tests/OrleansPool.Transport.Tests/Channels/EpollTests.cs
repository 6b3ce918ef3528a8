using System.Net;
using System.Net.Sockets;
using OrleansPool.Transport.Channels;
using OrleansPool.Transport.Tests.Fakes;

namespace OrleansPool.Transport.Tests.Channels;

/// <summary>Waiting for sockets without a thread of their own.</summary>
public sealed class EpollTests
{
    [Fact]
    public async Task A_wait_ends_when_bytes_come_and_the_next_one_with_the_next_bytes()
    {
        using var pair = new Pair();
        for (byte i = 0; i < 3; i++)
        {
            Task wait = pair.Watch.WaitReadableAsync();
            Assert.False(wait.IsCompleted);
            pair.Other.Send([i]);
            await wait.WaitAsync(Eventually.Patience);
            byte[] received = new byte[2];
            Assert.Equal((1, i), (pair.Own.Receive(received), received[0]));
        }
    }

    [Fact]
    public async Task Bytes_that_came_before_the_wait_end_it()
    {
        using var pair = new Pair();
        pair.Other.Send([1]);
        await pair.Watch.WaitReadableAsync().WaitAsync(Eventually.Patience);
    }

    [Fact]
    public async Task One_may_wait_to_read_while_another_waits_to_write()
    {
        using var pair = new Pair();
        pair.FillTheWayOut();
        Task read = pair.Watch.WaitReadableAsync();
        Task write = pair.Watch.WaitWritableAsync();
        Assert.False(read.IsCompleted || write.IsCompleted);
        pair.Other.Send([1]);
        await read.WaitAsync(Eventually.Patience);
        Assert.False(write.IsCompleted);
        byte[] room = new byte[1 << 20];
        while (!write.IsCompleted) pair.Other.Receive(room);
        await write;
    }

    [Fact]
    public async Task The_other_ends_going_ends_both_waits()
    {
        using var pair = new Pair();
        pair.FillTheWayOut();
        Task both = Task.WhenAll(pair.Watch.WaitReadableAsync(), pair.Watch.WaitWritableAsync());
        pair.Other.LingerState = new LingerOption(enable: true, 0); // a reset, not a farewell
        pair.Other.Dispose();
        await both.WaitAsync(Eventually.Patience);
    }

    [Fact]
    public async Task Closing_ends_waits_and_later_ones_do_not_begin()
    {
        using var pair = new Pair();
        Task wait = pair.Watch.WaitReadableAsync();
        pair.Watch.Dispose();
        await wait.WaitAsync(Eventually.Patience);
        Assert.True(pair.Watch.WaitReadableAsync().IsCompleted);
    }

    [Fact]
    public async Task A_socket_that_is_closed_already_is_not_waited_for()
    {
        using var pair = new Pair();
        pair.Own.Dispose();
        await pair.Watch.WaitReadableAsync().WaitAsync(Eventually.Patience);
    }

    [Fact]
    public async Task A_port_that_nobody_listens_on_refuses_and_a_name_is_looked_up()
    {
        using var listener = new SocketAcceptor(IPAddress.Loopback, 0);
        var dialer = new SocketDialer();
        using IByteChannel channel = await dialer.DialAsync(new DataEndpoint("localhost", listener.Endpoint.Port), CancellationToken.None);
        Assert.NotNull(channel);
        listener.Dispose();
        IOException refused = await Assert.ThrowsAsync<IOException>(async () => await dialer.DialAsync(listener.Endpoint, CancellationToken.None));
        Assert.Contains(listener.Endpoint.ToString(), refused.Message, StringComparison.Ordinal);
    }

    /// <summary>Two ends of one connection, of which one is watched.</summary>
    private sealed class Pair : IDisposable
    {
        public Pair()
        {
            if (Epoll.Shared is not { } epoll) throw Xunit.Sdk.SkipException.ForSkip("This system has no epoll.");
            using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            listener.Listen();
            Own = new Socket(SocketType.Stream, ProtocolType.Tcp);
            Own.Connect(listener.LocalEndPoint!);
            Other = listener.Accept();
            Own.Blocking = false;
            Watch = epoll.Watch(Own);
        }

        public Socket Own { get; }

        public Socket Other { get; }

        public EpollWatch Watch { get; }

        public void FillTheWayOut()
        {
            byte[] bytes = new byte[1 << 20];
            SocketError error;
            do Own.Send(bytes, SocketFlags.None, out error);
            while (error == SocketError.Success);
        }

        public void Dispose()
        {
            Watch.Dispose();
            Own.Dispose();
            Other.Dispose();
        }
    }
}
