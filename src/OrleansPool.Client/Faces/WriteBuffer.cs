using System.Numerics;

namespace OrleansPool.Client.Faces;

/// <summary>
/// Bytes on their way into a range, gathered so that many small writes become one: consecutive bytes from one position on.
/// <code>count &lt;= max(BytesMax, the largest piece that was asked for)</code>
/// </summary>
/// <remarks>For one user at a time. What could not be written stays.</remarks>
internal sealed class WriteBuffer(MemoryRange range, long start)
{
    /// <summary>How many bytes are gathered before they are written.</summary>
    public const int BytesMax = 64 << 10;

    private const int BytesMin = 256;

    private readonly MemoryRegion? _region = range as MemoryRegion;
    private byte[] _bytes = [];
    private long _start = start;
    private int _count;

    public bool IsEmpty => _count == 0;

    /// <summary>Where the next byte goes.</summary>
    public long End => _start + _count;

    /// <summary>How many bytes the last free piece has.</summary>
    public int FreeCount => _bytes.Length - _count;

    /// <summary>Whether a piece fits without a flush.</summary>
    public bool HasRoomFor(int count) => count <= Math.Max(BytesMax, _bytes.Length) - _count;

    /// <summary>Begins elsewhere; only while empty.</summary>
    public void MoveTo(long position)
    {
        if (!IsEmpty) throw new InvalidOperationException("Bytes that were not flushed would end up elsewhere.");
        _start = position;
    }

    /// <summary>Room for bytes; the caller has made sure that there is some, or that the buffer is empty.</summary>
    public Memory<byte> Free(int count)
    {
        if (FreeCount < count)
        {
            int wanted = Math.Max(BytesMin, _count + count);
            int size = wanted <= BytesMax ? (int)BitOperations.RoundUpToPowerOf2((uint)wanted) : wanted;
            Array.Resize(ref _bytes, size);
        }

        return _bytes.AsMemory(_count);
    }

    public void Advance(int count) => _count += count;

    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (IsEmpty) return;
        try
        {
            await WriteThroughAsync(_start, _bytes.AsMemory(0, _count), cancellationToken);
        }
        catch
        {
            // A call that nobody waits for any more may still be reading these bytes.
            _bytes = [.. _bytes];
            throw;
        }

        _start += _count;
        _count = 0;
    }

    /// <summary>Writes past the buffer, and makes a region longer first where it must be.</summary>
    public async ValueTask WriteThroughAsync(long offset, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (_region is not null && offset + bytes.Length > _region.Length) await _region.GrowAsync(offset + bytes.Length, cancellationToken);
        await range.WriteAsync(offset, bytes, cancellationToken);
    }
}
