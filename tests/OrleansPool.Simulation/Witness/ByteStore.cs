namespace OrleansPool.Simulation.Witness;

/// <summary>Keeps copies of many small runs of bytes in a few arrays, small enough to be collected as soon as a run is over.</summary>
internal sealed class ByteStore
{
    private const int ChunkBytes = 64 << 10;

    private byte[] _chunk = [];
    private int _used;

    public ReadOnlyMemory<byte> Keep(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return default;
        if (_chunk.Length - _used < bytes.Length)
        {
            _chunk = new byte[Math.Max(ChunkBytes, bytes.Length)];
            _used = 0;
        }

        Memory<byte> kept = _chunk.AsMemory(_used, bytes.Length);
        bytes.CopyTo(kept.Span);
        _used += bytes.Length;
        return kept;
    }
}
