using OrleansPool.Core.Wire;
using OrleansPool.Transport.Channels;

namespace OrleansPool.Transport.Tests.Fakes;

/// <summary>A node that answers what the test tells it to.</summary>
internal sealed class RawNode(IAcceptor acceptor) : IAsyncDisposable
{
    private readonly List<RawPeer> _peers = [];

    public static NodeIncarnation Id { get; } = new(21);

    public DataEndpoint Endpoint => acceptor.Endpoint;

    /// <summary>The next connection, after its handshake.</summary>
    public async Task<RawPeer> WelcomeAsync(int outstandingMax = 100)
    {
        using IIncoming incoming = await acceptor.AcceptAsync() ?? throw new IOException("It ended.");
        var peer = new RawPeer(await incoming.OpenAsync(CancellationToken.None));
        _peers.Add(peer);
        Assert.Equal(FrameType.Hello, (await peer.NextAsync())!.Value.Header.Type);
        await peer.SendAsync(new Welcome(WireVersions.Newest, Id, WireFeatures.None, FrameHeader.FrameBytesMax, outstandingMax).ToFrame());
        return peer;
    }

    public ValueTask DisposeAsync()
    {
        foreach (RawPeer peer in _peers) peer.Dispose();
        acceptor.Dispose();
        return default;
    }
}
