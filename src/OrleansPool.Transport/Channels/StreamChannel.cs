using System.Buffers;

namespace OrleansPool.Transport.Channels;

/// <summary>
/// A channel over a stream that knows only how to wait: TLS. One buffer on each side, with a pump between it and the stream, makes it one
/// that can be asked without waiting. It costs a copy and a thread switch, beside which TLS itself is dear.
/// </summary>
internal sealed class StreamChannel : IByteChannel
{
    private const int BufferBytes = 64 << 10;

    private readonly Stream _stream;
    private readonly ByteQueue _in = new(BufferBytes);
    private readonly ByteQueue _out = new(BufferBytes);

    public StreamChannel(Stream stream, string remoteName)
    {
        _stream = stream;
        RemoteName = remoteName;
        _ = PumpInAsync();
        _ = PumpOutAsync();
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
        _stream.Dispose();
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
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (true)
            {
                await _out.WaitReadableAsync().ConfigureAwait(false);
                ChannelStatus status = _out.TryTake(buffer, out int count);
                if (status == ChannelStatus.Ended) break;
                if (count > 0) await _stream.WriteAsync(buffer.AsMemory(0, count)).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            _out.End();
        }

        ArrayPool<byte>.Shared.Return(buffer);
    }
}
