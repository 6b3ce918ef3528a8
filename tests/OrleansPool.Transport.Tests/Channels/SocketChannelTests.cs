using System.Net;
using OrleansPool.Transport.Channels;
using OrleansPool.Transport.Tests.Fakes;

namespace OrleansPool.Transport.Tests.Channels;

/// <summary>A plain TCP connection without the machinery around it.</summary>
public sealed class SocketChannelTests
{
    private const int LongBytes = 1 << 20;

    [Fact]
    public async Task Sending_goes_on_when_the_other_end_takes_bytes_again_and_ends_when_it_goes()
    {
        (IByteChannel near, IByteChannel far) = await ConnectAsync();
        Task<bool> sent = near.SendAsync(new byte[32 * LongBytes], CancellationToken.None).AsTask();
        Assert.False(sent.IsCompleted);
        await ReceiveAsync(far, 32 * LongBytes);
        Assert.True(await sent.WaitAsync(Eventually.Patience));
        sent = near.SendAsync(new byte[32 * LongBytes], CancellationToken.None).AsTask();
        far.Dispose();
        Assert.False(await sent.WaitAsync(Eventually.Patience));
        near.Dispose();
    }

    [Fact]
    public async Task A_cancelled_send_stops_waiting()
    {
        (IByteChannel near, IByteChannel far) = await ConnectAsync();
        using var cancellation = new CancellationTokenSource();
        Task<bool> sent = near.SendAsync(new byte[32 * LongBytes], cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        Assert.False(await sent.WaitAsync(Eventually.Patience));
        near.Dispose();
        far.Dispose();
    }

    private static async Task ReceiveAsync(IByteChannel channel, int byteCount)
    {
        byte[] buffer = new byte[LongBytes];
        while (byteCount > 0)
        {
            switch (channel.TryReceive(buffer.AsSpan(0, Math.Min(byteCount, buffer.Length)), out int count))
            {
                case ChannelStatus.WouldBlock:
                    await channel.WaitReadableAsync().AsTask().WaitAsync(Eventually.Patience);
                    break;
                case ChannelStatus.Ended:
                    Assert.Fail("The stream ended before all had come.");
                    break;
            }

            byteCount -= count;
        }
    }

    private static async Task<(IByteChannel Near, IByteChannel Far)> ConnectAsync()
    {
        using var acceptor = new SocketAcceptor(IPAddress.Loopback, 0);
        ValueTask<IIncoming?> incoming = acceptor.AcceptAsync();
        IByteChannel far = await new SocketDialer().DialAsync(acceptor.Endpoint, CancellationToken.None);
        return (await (await incoming)!.OpenAsync(CancellationToken.None), far);
    }
}
