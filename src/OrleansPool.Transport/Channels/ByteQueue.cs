using System.Buffers;

namespace OrleansPool.Transport.Channels;

/// <summary>A bounded queue of bytes between one who puts and one who takes; either may wait with or without a thread.</summary>
internal sealed class ByteQueue(int capacity)
{
    private readonly object _gate = new();
    private byte[] _bytes = [];
    private int _start;
    private int _count;
    private bool _isEnded;
    private TaskCompletionSource? _taker;
    private TaskCompletionSource? _putter;

    /// <summary>Takes what is there.</summary>
    public ChannelStatus TryTake(Span<byte> buffer, out int count)
    {
        TaskCompletionSource? putter;
        lock (_gate)
        {
            count = Math.Min(buffer.Length, _count);
            if (count == 0) return _isEnded ? ChannelStatus.Ended : ChannelStatus.WouldBlock;
            int first = Math.Min(count, capacity - _start);
            _bytes.AsSpan(_start, first).CopyTo(buffer);
            _bytes.AsSpan(0, count - first).CopyTo(buffer[first..]);
            _start = (_start + count) % capacity;
            _count -= count;
            if (_count == 0) LeaveBytes();
            putter = _putter;
            _putter = null;
        }

        putter?.TrySetResult();
        return ChannelStatus.Ok;
    }

    /// <summary>Puts as much as there is room for.</summary>
    public ChannelStatus TryPut(ReadOnlySpan<byte> bytes, out int count)
    {
        TaskCompletionSource? taker;
        lock (_gate)
        {
            count = _isEnded ? 0 : Math.Min(bytes.Length, capacity - _count);
            if (_isEnded) return ChannelStatus.Ended;
            if (count == 0) return ChannelStatus.WouldBlock;
            if (_bytes.Length == 0) _bytes = ArrayPool<byte>.Shared.Rent(capacity);
            int end = (_start + _count) % capacity;
            int first = Math.Min(count, capacity - end);
            bytes[..first].CopyTo(_bytes.AsSpan(end));
            bytes[first..count].CopyTo(_bytes);
            _count += count;
            taker = _taker;
            _taker = null;
            Monitor.PulseAll(_gate);
        }

        taker?.TrySetResult();
        return ChannelStatus.Ok;
    }

    /// <summary>Puts all of it.</summary>
    /// <returns>False when the queue has ended.</returns>
    public async ValueTask<bool> PutAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            switch (TryPut(bytes.Span, out int count))
            {
                case ChannelStatus.Ended:
                    return false;
                case ChannelStatus.WouldBlock:
                    try
                    {
                        await WaitWritableAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
                    }
                    catch (OperationCanceledException)
                    {
                        return false;
                    }

                    break;
            }

            bytes = bytes[count..];
        }

        return true;
    }

    /// <summary>Blocks until something is there, or the end, or the patience is over.</summary>
    public bool WaitReadable(TimeSpan patience)
    {
        lock (_gate)
        {
            return _count > 0 || _isEnded || (Monitor.Wait(_gate, patience) && (_count > 0 || _isEnded));
        }
    }

    /// <summary>Waits until something is there, or the end.</summary>
    public Task WaitReadableAsync()
    {
        lock (_gate)
        {
            if (_count > 0 || _isEnded) return Task.CompletedTask;
            return (_taker ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Waits until there is room, or the end.</summary>
    public Task WaitWritableAsync()
    {
        lock (_gate)
        {
            if (_count < capacity || _isEnded) return Task.CompletedTask;
            return (_putter ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Nothing is put any more; what is there can be taken.</summary>
    public void End()
    {
        TaskCompletionSource? taker;
        TaskCompletionSource? putter;
        lock (_gate)
        {
            _isEnded = true;
            (taker, putter) = (_taker, _putter);
            (_taker, _putter) = (null, null);
            Monitor.PulseAll(_gate);
        }

        taker?.TrySetResult();
        putter?.TrySetResult();
    }

    private void LeaveBytes()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _start = 0;
    }
}
