using OrleansPool.Transport.Channels;

namespace OrleansPool.Transport.Twin;

/// <summary>One direction of a connection in memory, and what may go wrong with it. Any fault may come at any time.</summary>
/// <remarks>Thread-safe. Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class MemoryPipe
{
    private readonly Lock _gate = new();
    private readonly ByteQueue _queue;
    private long _putCount;
    private long _takenCount;
    private long _cutAt = long.MaxValue;
    private long _corruptAt = -1;
    private bool _isDribbling;
    private bool _isEnded;
    private TaskCompletionSource? _resumed;

    internal MemoryPipe(int capacity) => _queue = new ByteQueue(capacity);

    /// <summary>Bytes that have gone in since it began.</summary>
    public long PutCount => Volatile.Read(ref _putCount);

    /// <summary>Bytes that have come out.</summary>
    public long TakenCount => Volatile.Read(ref _takenCount);

    /// <summary>Whether nothing goes in any more.</summary>
    public bool IsEnded => Volatile.Read(ref _isEnded);

    /// <summary>Ends once so many bytes have gone in, counted from its beginning: in mid-frame, where that lies in one.</summary>
    public void CutAfter(long byteCount)
    {
        lock (_gate) _cutAt = byteCount;
        if (PutCount >= byteCount) End();
    }

    /// <summary>Turns over the bits of the byte with this number, counted from the pipe's beginning.</summary>
    public void CorruptAt(long index)
    {
        lock (_gate) _corruptAt = index;
    }

    /// <summary>From now on bytes come out one at a time.</summary>
    public void Dribble() => Volatile.Write(ref _isDribbling, true);

    /// <summary>Nothing goes in until <see cref="Resume"/>; what is in comes out.</summary>
    public void Stall()
    {
        lock (_gate) _resumed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Ends a stall.</summary>
    public void Resume()
    {
        TaskCompletionSource? resumed;
        lock (_gate) (resumed, _resumed) = (_resumed, null);
        resumed?.TrySetResult();
    }

    /// <summary>Nothing goes in any more; what is in comes out, and then the end.</summary>
    public void End()
    {
        Volatile.Write(ref _isEnded, true);
        _queue.End();
        Resume();
    }

    internal ChannelStatus TryPut(ReadOnlySpan<byte> bytes, out int count)
    {
        count = 0;
        lock (_gate)
        {
            if (_isEnded) return ChannelStatus.Ended;
            if (_resumed is not null) return ChannelStatus.WouldBlock;
            if (bytes.Length > _cutAt - _putCount) bytes = bytes[..(int)(_cutAt - _putCount)];
            if (_corruptAt >= _putCount && _corruptAt < _putCount + bytes.Length)
            {
                byte[] corrupt = bytes.ToArray();
                corrupt[(int)(_corruptAt - _putCount)] ^= 0xFF;
                bytes = corrupt;
            }

            ChannelStatus status = _queue.TryPut(bytes, out count);
            if (status != ChannelStatus.Ok) return status;
            _putCount += count;
            if (_putCount < _cutAt) return ChannelStatus.Ok;
        }

        End();
        return ChannelStatus.Ok;
    }

    internal async ValueTask<bool> PutAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            while (!bytes.IsEmpty)
            {
                ChannelStatus status = TryPut(bytes.Span, out int count);
                if (status == ChannelStatus.Ended) return false;
                if (status == ChannelStatus.WouldBlock) await WaitWritableAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
                bytes = bytes[count..];
            }

            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    internal ChannelStatus TryTake(Span<byte> buffer, out int count)
    {
        if (Volatile.Read(ref _isDribbling) && buffer.Length > 1) buffer = buffer[..1];
        ChannelStatus status = _queue.TryTake(buffer, out count);
        Interlocked.Add(ref _takenCount, count);
        return status;
    }

    internal bool WaitReadable(TimeSpan patience) => _queue.WaitReadable(patience);

    internal Task WaitReadableAsync() => _queue.WaitReadableAsync();

    private Task WaitWritableAsync()
    {
        lock (_gate) return _resumed?.Task ?? _queue.WaitWritableAsync();
    }
}
