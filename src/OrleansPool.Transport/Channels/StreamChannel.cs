using System.Buffers;

namespace OrleansPool.Transport.Channels;

/// <summary>
/// A channel over a stream that knows only how to wait: TLS. One buffer on each side, with a pump between it and the stream, makes it one
/// that can be asked without waiting. It costs a copy and a thread switch, beside which TLS itself is dear.
/// </summary>
internal sealed class StreamChannel : IByteChannel
{
    private const int BufferBytes = 64 << 10;

    /// <summary>How long an end waits until the other one has taken what was sent before it, such as the reason.</summary>
    private static readonly TimeSpan FarewellMax = TimeSpan.FromSeconds(2);

    private readonly Stream _stream;
    private readonly ByteQueue _in = new(BufferBytes);
    private readonly ByteQueue _out = new(BufferBytes);
    private readonly Task _pumpingOut;
    private int _isDisposed;

    public StreamChannel(Stream stream, string remoteName)
    {
        _stream = stream;
        RemoteName = remoteName;
        _ = PumpInAsync();
        _pumpingOut = PumpOutAsync();
    }

    public string RemoteName { get; }

    public ChannelStatus TryReceive(Span<byte> buffer, out int count) => _in.TryTake(buffer, out count);

    public bool WaitReadable(TimeSpan patience) => _in.WaitReadable(patience);

    public ValueTask WaitReadableAsync() => new(_in.WaitReadableAsync());

    public ChannelStatus TrySend(ReadOnlySpan<byte> bytes, out int count) => _out.TryPut(bytes, out count);

    public ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => _out.PutAsync(bytes, cancellationToken);

    public void Dispose()
    {
        _in.End();
        _out.End();
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0) _ = CloseAsync();
    }

    private async Task CloseAsync()
    {
        await Task.WhenAny(_pumpingOut, Task.Delay(FarewellMax)).ConfigureAwait(false);
        await _stream.DisposeAsync().ConfigureAwait(false);
    }

    private async Task PumpInAsync()
    {
        byte[] buffer = [];
        try
        {
            while (true)
            {
                // Waits without a buffer: a silent connection holds none.
                await _stream.ReadAsync(Memory<byte>.Empty).ConfigureAwait(false);
                buffer = ArrayPool<byte>.Shared.Rent(BufferBytes / 2);
                int count = await _stream.ReadAsync(buffer).ConfigureAwait(false);
                if (count == 0 || !await _in.PutAsync(buffer.AsMemory(0, count), CancellationToken.None).ConfigureAwait(false)) break;
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = [];
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The end, which whoever receives next sees.
        }

        if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
        _in.End();
        _out.End();
    }

    private async Task PumpOutAsync()
    {
        byte[] buffer = [];
        try
        {
            while (true)
            {
                await _out.WaitReadableAsync().ConfigureAwait(false);
                buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
                if (_out.TryTake(buffer, out int count) == ChannelStatus.Ended) break;
                if (count > 0) await _stream.WriteAsync(buffer.AsMemory(0, count)).ConfigureAwait(false);
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = [];
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            _out.End();
        }

        if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
    }
}
