using System.Threading.Channels;
using OrleansPool.Transport.Channels;

namespace OrleansPool.Transport.Twin;

/// <summary>Takes the connections that are made to one endpoint of a <see cref="MemoryNetwork"/>.</summary>
internal sealed class MemoryAcceptor(MemoryNetwork network, DataEndpoint endpoint) : IAcceptor
{
    private const int BacklogMax = 512;

    private readonly Channel<MemoryLink> _backlog = Channel.CreateBounded<MemoryLink>(BacklogMax);

    public DataEndpoint Endpoint => endpoint;

    public async ValueTask<IIncoming?> AcceptAsync() =>
        await _backlog.Reader.WaitToReadAsync().ConfigureAwait(false) && _backlog.Reader.TryRead(out MemoryLink? link) ? new Incoming(link) : null;

    public bool TryOffer(MemoryLink link) => _backlog.Writer.TryWrite(link);

    public void Dispose()
    {
        network.Close(this);
        _backlog.Writer.TryComplete();
        while (_backlog.Reader.TryRead(out MemoryLink? link)) link.Cut();
    }

    private sealed class Incoming(MemoryLink link) : IIncoming
    {
        private bool _isHandedOn;

        public string RemoteName => link.Name;

        public ValueTask<IByteChannel> OpenAsync(CancellationToken cancellationToken)
        {
            _isHandedOn = true;
            return new(new MemoryChannel(link.Name, link.ToNode, link.ToClient));
        }

        public void Dispose()
        {
            if (!_isHandedOn) link.Cut();
        }
    }
}
