using OrleansPool.Transport.Channels;
using OrleansPool.Transport.Client;
using OrleansPool.Transport.Tests.Fakes;

namespace OrleansPool.Transport.Tests.Server;

/// <summary>Connections that nobody uses cost a few small objects each, and no thread.</summary>
[Collection(nameof(Alone))]
public sealed class IdleConnectionTests(ITestOutputHelper output)
{
    private const int BytesOfOneMax = 8 << 10;

    [Theory]
    [InlineData(NetworkKind.Twin, 10_000)]
    [InlineData(NetworkKind.Sockets, 2_000)]
    public async Task Thousands_of_idle_connections_cost_little_and_others_are_served_meanwhile(NetworkKind kind, int count)
    {
        await using var plane = new Plane(kind, new TransportOptions { HandshakeMax = TimeSpan.FromMinutes(2) }, new TransportOptions());
        DataConnection other = await plane.ConnectAsync();
        var warm = new List<IByteChannel>();
        await DialAsync(plane, 200, warm); // what the first ones warm up is not theirs
        long before = Measure();
        var channels = new List<IByteChannel>(count);
        await DialAsync(plane, count, channels);
        await Eventually.IsTrue(() => plane.Listener.ReaderThreadCount <= 1, "no thread stays with a connection that is silent");
        double each = (Measure() - before) / (double)count;
        output.WriteLine($"{kind}: {each:0} bytes a connection, both ends");
        Assert.True(each < BytesOfOneMax, $"An idle connection costs {each:0} bytes.");
        Assert.Equal(count + 201, plane.Listener.ConnectionCount);
        await Plane.ServesAsync(other);
        foreach (IByteChannel channel in channels.Concat(warm)) channel.Dispose();
        await Eventually.IsTrue(() => plane.Listener.ConnectionCount == 1, "all have ended");
    }

    private static async Task DialAsync(Plane plane, int count, List<IByteChannel> channels)
    {
        byte[] greeting = RawPeer.Greeting.ToFrame();
        byte[] welcome = new byte[1024];
        for (int i = 0; i < count; i++)
        {
            IByteChannel channel = await plane.Dialer.DialAsync(plane.Endpoint, CancellationToken.None);
            Assert.True(await channel.SendAsync(greeting, CancellationToken.None));
            channels.Add(channel);
            if (i % 100 != 99 && i != count - 1) continue;
            foreach (IByteChannel one in channels.TakeLast((i % 100) + 1))
            {
                while (one.TryReceive(welcome, out _) == ChannelStatus.WouldBlock) await one.WaitReadableAsync().AsTask().WaitAsync(Eventually.Patience);
            }
        }

        await Eventually.IsTrue(() => plane.Listener.UnprovenCount == 0, "all are served");
    }

    private static long Measure()
    {
        long bytes = 0;
        for (int i = 0; i < 5; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            bytes = GC.GetTotalMemory(forceFullCollection: true);
        }

        return bytes;
    }
}
