using System.Buffers;

namespace OrleansPool.Transport.Frames;

/// <summary>Bytes on their way out. Rented; given back once they are sent.</summary>
internal sealed class OutputChunk
{
    /// <summary>Room of a chunk that holds several frames.</summary>
    public const int BytesDefault = 64 << 10;

    public byte[] Bytes { get; private set; } = [];

    public int Count { get; set; }

    public int SentCount { get; set; }

    public ReadOnlyMemory<byte> Unsent => Bytes.AsMemory(SentCount, Count - SentCount);

    public Span<byte> Room => Bytes.AsSpan(Count);

    public void Rent(int byteCount) => Bytes = ArrayPool<byte>.Shared.Rent(byteCount);

    public void Return()
    {
        ArrayPool<byte>.Shared.Return(Bytes);
        Bytes = [];
        Count = SentCount = 0;
    }
}
