using OrleansPool.Transport.Channels;

namespace OrleansPool.Transport.Twin;

/// <summary>One end of a connection in memory.</summary>
internal sealed class MemoryChannel(string remoteName, MemoryPipe incoming, MemoryPipe outgoing) : IByteChannel
{
    private bool _isDisposed;

    public string RemoteName => remoteName;

    public ChannelStatus TryReceive(Span<byte> buffer, out int count)
    {
        if (!Volatile.Read(ref _isDisposed)) return incoming.TryTake(buffer, out count);
        count = 0;
        return ChannelStatus.Ended;
    }

    public bool WaitReadable(TimeSpan patience) => incoming.WaitReadable(patience);

    public ValueTask WaitReadableAsync() => new(incoming.WaitReadableAsync());

    public ChannelStatus TrySend(ReadOnlySpan<byte> bytes, out int count) => outgoing.TryPut(bytes, out count);

    public ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => outgoing.PutAsync(bytes, cancellationToken);

    public void Dispose()
    {
        Volatile.Write(ref _isDisposed, true);
        outgoing.End();
        incoming.End();
    }
}
