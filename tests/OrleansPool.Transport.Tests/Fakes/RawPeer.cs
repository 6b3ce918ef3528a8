using OrleansPool.Core.Wire;
using OrleansPool.Transport.Channels;

namespace OrleansPool.Transport.Tests.Fakes;

/// <summary>One end of a connection that says what the test tells it to, and hears frame by frame.</summary>
internal sealed class RawPeer(IByteChannel channel) : IDisposable
{
    private readonly List<byte> _received = [];

    public IByteChannel Channel => channel;

    public static Hello Greeting { get; } = new("test", default, new NodeIncarnation(99), Lane.Express, WireFeatures.None, "raw"u8.ToArray());

    public async Task SendAsync(params byte[] bytes)
    {
        using var patience = new CancellationTokenSource(Eventually.Patience);
        Assert.True(await channel.SendAsync(bytes, patience.Token), "The bytes were not taken.");
    }

    /// <summary>Sends as far as the other end takes it.</summary>
    public async Task TrySendAsync(byte[] bytes)
    {
        using var patience = new CancellationTokenSource(Eventually.Patience);
        await channel.SendAsync(bytes, patience.Token);
    }

    /// <summary>Greets, and is welcome.</summary>
    public async Task GreetAsync(Hello? hello = null)
    {
        await SendAsync((hello ?? Greeting).ToFrame());
        (FrameHeader header, _) = await NextAsync() ?? throw new IOException("It ended.");
        Assert.Equal(FrameType.Welcome, header.Type);
    }

    /// <summary>The next frame; null at the end.</summary>
    public async Task<(FrameHeader Header, byte[] Body)?> NextAsync()
    {
        byte[] buffer = new byte[64 << 10];
        while (true)
        {
            byte[] received = [.. _received];
            if (FrameHeader.TryRead(received, FrameHeader.FrameBytesMax, out FrameHeader header) == FrameStatus.Ok && header.Length <= received.Length)
            {
                _received.RemoveRange(0, header.Length);
                return (header, received[FrameHeader.Size..header.Length]);
            }

            switch (channel.TryReceive(buffer, out int count))
            {
                case ChannelStatus.Ended:
                    return null;
                case ChannelStatus.WouldBlock:
                    await channel.WaitReadableAsync().AsTask().WaitAsync(Eventually.Patience);
                    break;
            }

            _received.AddRange(buffer.AsSpan(0, count));
        }
    }

    /// <summary>The refusal or the error that comes next.</summary>
    public async Task<Refusal> NextRefusalAsync(FrameType type = FrameType.Refusal)
    {
        while (await NextAsync() is { } next)
        {
            if (next.Header.Type == type) return Refusal.Read(next.Body);
        }

        throw new IOException("It ended without a reason.");
    }

    /// <summary>Hears everything up to the end.</summary>
    public async Task HearEndAsync()
    {
        while (await NextAsync() is not null)
        {
        }
    }

    public void Dispose() => channel.Dispose();
}
