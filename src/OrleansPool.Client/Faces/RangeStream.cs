using System.Buffers;

namespace OrleansPool.Client.Faces;

/// <summary>
/// Fabric memory as a stream. Reads go to the memory at once and are never stale; writes are gathered in a bounded buffer, which is
/// written when it is full, by a flush, by disposal, and before anything is read, written elsewhere or resized.
/// </summary>
/// <remarks>
/// <para>For one user at a time, like every stream. Errors are those of the lease or region, not wrapped into
/// <see cref="IOException"/>: whoever handles a lost lease has to see that it is one.</para>
/// <para>The synchronous members wait as <see cref="Blocking"/> tells; reads of this process's own memory never do.</para>
/// </remarks>
internal sealed class RangeStream : Stream
{
    private const int ReadBytesMax = 1 << 20;

    private readonly MemoryRange _range;
    private readonly MemoryRegion? _region;
    private readonly WriteBuffer _buffer;
    private readonly bool _leaveOpen;
    private readonly bool _mayWrite;
    private long _position;
    private bool _isClosed;

    public RangeStream(MemoryRange range, bool leaveOpen)
    {
        _range = range;
        _region = range as MemoryRegion;
        _buffer = new WriteBuffer(range, 0);
        _leaveOpen = leaveOpen;
        _mayWrite = range is not MemoryLease lease || lease.Token.Rights == LeaseRights.Owner;
    }

    public override bool CanRead => !_isClosed;

    public override bool CanSeek => !_isClosed;

    public override bool CanWrite => !_isClosed && _mayWrite;

    public override long Length
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            return _buffer.IsEmpty ? _range.Length : Math.Max(_range.Length, _buffer.End);
        }
    }

    public override long Position
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            return _position;
        }

        set
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    public override long Seek(long offset, SeekOrigin origin)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        long from = origin switch
        {
            SeekOrigin.Begin => 0,
            SeekOrigin.Current => _position,
            SeekOrigin.End => Length,
            _ => throw new ArgumentException($"There is no origin {origin}.", nameof(origin)),
        };
        if (offset > long.MaxValue - from) throw new ArgumentOutOfRangeException(nameof(offset), offset, $"From {from} on that is past {long.MaxValue}.");
        if (from + offset < 0) throw new IOException($"From {from} on, {offset} is before the beginning of the stream.");
        return _position = from + offset;
    }

    public override void SetLength(long value)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        if (_region is null) throw new NotSupportedException($"A lease keeps its length, here {_range.Length} bytes. Only a region can be resized.");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
        Blocking.Wait((Stream: this, value), static async state =>
        {
            await state.Stream._buffer.FlushAsync(CancellationToken.None);
            await state.Stream._region!.ResizeAsync(state.value);
        });
        _position = Math.Min(_position, value);
    }

    public override int ReadByte()
    {
        byte read = 0;
        return Read(new Span<byte>(ref read)) == 0 ? -1 : read;
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        return Read(buffer.AsSpan(offset, count));
    }

    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        if (_buffer.IsEmpty && _position < _range.Length)
        {
            Span<byte> part = buffer[..(int)Math.Min(buffer.Length, _range.Length - _position)];
            if (part.Length > 0 && _range.TryRead(_position, part))
            {
                _position += part.Length;
                return part.Length;
            }
        }

        byte[] read = ArrayPool<byte>.Shared.Rent(Math.Min(buffer.Length, ReadBytesMax));
        Memory<byte> wanted = read.AsMemory(0, Math.Min(buffer.Length, ReadBytesMax));
        int count = Blocking.Wait((Stream: this, wanted), static state => state.Stream.ReadAsync(state.wanted));
        read.AsSpan(0, count).CopyTo(buffer);
        ArrayPool<byte>.Shared.Return(read);
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<int>(cancellationToken);
        if (!_buffer.IsEmpty) return ReadFlushedAsync(buffer, cancellationToken);
        ValueTask<int> read = _range.ReadAsync(Math.Min(_position, _range.Length), Until(_range.Length, buffer), cancellationToken);
        if (!read.IsCompletedSuccessfully) return AwaitReadAsync(read);
        int count = read.Result;
        _position += count;
        return new ValueTask<int>(count);
    }

    public override void WriteByte(byte value) => Write([value]);

    public override void Write(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        Write(buffer.AsSpan(offset, count));
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (TryBuffer(buffer)) return;

        // In pieces of the buffer's size: a span cannot be waited over.
        for (int piece; buffer.Length > 0; buffer = buffer[piece..])
        {
            piece = Math.Min(buffer.Length, WriteBuffer.BytesMax);
            if (TryBuffer(buffer[..piece])) continue;
            Flush();
            if (!TryBuffer(buffer[..piece])) throw new InvalidOperationException($"{piece} bytes do not fit into an empty buffer of {WriteBuffer.BytesMax}.");
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled(cancellationToken);
        return TryBuffer(buffer.Span) ? ValueTask.CompletedTask : WriteFlushedAsync(buffer, cancellationToken);
    }

    public override void Flush()
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        if (!_buffer.IsEmpty) Blocking.Wait(_buffer, static buffer => buffer.FlushAsync(CancellationToken.None));
    }

    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        return cancellationToken.IsCancellationRequested ? Task.FromCanceled(cancellationToken) : _buffer.FlushAsync(cancellationToken).AsTask();
    }

    public override async ValueTask DisposeAsync()
    {
        if (_isClosed) return;
        _isClosed = true;
        try
        {
            await _buffer.FlushAsync(CancellationToken.None);
        }
        finally
        {
            if (!_leaveOpen) await _range.DisposeAsync();
            await base.DisposeAsync();
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isClosed && !(_buffer.IsEmpty && _leaveOpen)) Blocking.Wait(this, static stream => stream.DisposeAsync());
        _isClosed = true;
        base.Dispose(disposing);
    }

    /// <summary>As much of a buffer as there is to read.</summary>
    private Memory<byte> Until(long length, Memory<byte> buffer) => buffer[..(int)Math.Clamp(length - _position, 0, buffer.Length)];

    private async ValueTask<int> ReadFlushedAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        await _buffer.FlushAsync(cancellationToken);
        return await ReadAsync(buffer, cancellationToken);
    }

    private async ValueTask<int> AwaitReadAsync(ValueTask<int> read)
    {
        try
        {
            int count = await read;
            _position += count;
            return count;
        }
        catch (ArgumentOutOfRangeException) when (_position >= _range.Length)
        {
            // The region was found to be shorter than it was.
            return 0;
        }
    }

    private async ValueTask WriteFlushedAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        await _buffer.FlushAsync(cancellationToken);
        if (TryBuffer(buffer.Span)) return;
        await _buffer.WriteThroughAsync(_position, buffer, cancellationToken);
        _position += buffer.Length;
    }

    /// <summary>Takes bytes into the buffer, if that needs no flush.</summary>
    private bool TryBuffer(ReadOnlySpan<byte> bytes)
    {
        ThrowUnlessWritable(bytes.Length);
        if (bytes.Length == 0) return true;
        if (_buffer.IsEmpty) _buffer.MoveTo(_position);
        if (_buffer.End != _position || bytes.Length > WriteBuffer.BytesMax || !_buffer.HasRoomFor(bytes.Length)) return false;
        bytes.CopyTo(_buffer.Free(bytes.Length).Span);
        _buffer.Advance(bytes.Length);
        _position += bytes.Length;
        return true;
    }

    private void ThrowUnlessWritable(int count)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        if (!_mayWrite) throw new NotSupportedException("The lease's token is read-only, and so is its stream. Open the owner's token to write.");

        // A range that can no longer be read is gone; its own error says why.
        if (!_range.TryRead(0, default)) Blocking.Wait(_range, static range => range.ReadAsync(0, default));
        if (count > long.MaxValue - _position) throw new IOException($"{count} bytes from {_position} on end past {long.MaxValue}.");
        if (_region is null && count > _range.Length - _position && count > 0)
        {
            throw new NotSupportedException($"{count} bytes from {_position} on do not fit into the lease, which has {_range.Length} bytes and does not grow.");
        }
    }
}
