namespace OrleansPool.Client.Faces;

/// <summary>The writer over leases and regions.</summary>
internal sealed class BufferedRangeWriter : RangeWriter
{
    private readonly MemoryRange _range;
    private readonly WriteBuffer _buffer;
    private bool _isClosed;

    public BufferedRangeWriter(MemoryRange range, long offset)
    {
        if (offset < 0 || (range is not MemoryRegion && offset > range.Length))
        {
            throw new ArgumentOutOfRangeException(nameof(offset), offset, $"The range has {range.Length} bytes: writing begins at 0 to {range.Length}, or further on in a region.");
        }

        _range = range;
        _buffer = new WriteBuffer(range, offset);
    }

    public override long Position => _buffer.End;

    /// <summary>How many bytes may still be written.</summary>
    private long LeftCount => (_range is MemoryRegion ? long.MaxValue : _range.Length) - _buffer.End;

    public override void Advance(int count)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (count > _buffer.FreeCount)
        {
            throw new ArgumentOutOfRangeException(nameof(count), count, $"The buffer that was given out last has {_buffer.FreeCount} bytes.");
        }

        if (count > LeftCount)
        {
            throw new ArgumentOutOfRangeException(nameof(count), count, $"The lease has {LeftCount} bytes left of {_range.Length}, and a lease does not grow.");
        }

        _buffer.Advance(count);
    }

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sizeHint, SizeHintMax);
        int count = Math.Max(1, sizeHint);
        if (!_buffer.HasRoomFor(count)) Flush();
        return _buffer.Free(count);
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Flush()
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        if (!_buffer.IsEmpty) Blocking.Wait(_buffer, static buffer => buffer.FlushAsync(CancellationToken.None));
    }

    public override ValueTask FlushAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        return cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled(cancellationToken) : _buffer.FlushAsync(cancellationToken);
    }

    public override async ValueTask DisposeAsync()
    {
        if (_isClosed) return;
        try
        {
            await FlushAsync();
        }
        finally
        {
            _isClosed = true;
            GC.SuppressFinalize(this);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (_isClosed) return;
        try
        {
            Flush();
        }
        finally
        {
            _isClosed = true;
        }
    }
}
