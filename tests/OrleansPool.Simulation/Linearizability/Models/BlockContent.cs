namespace OrleansPool.Simulation.Linearizability.Models;

/// <summary>Bytes that never change, equal by content.</summary>
public sealed class BlockContent : IEquatable<BlockContent>
{
    private const int ShownBytesMax = 16;

    private readonly byte[] _bytes;
    private readonly int _hash;

    /// <summary>A copy of some bytes.</summary>
    public BlockContent(ReadOnlySpan<byte> bytes)
        : this(bytes.ToArray())
    {
    }

    private BlockContent(byte[] bytes)
    {
        _bytes = bytes;
        var hash = default(HashCode);
        hash.AddBytes(bytes);
        _hash = hash.ToHashCode();
    }

    /// <summary>No bytes.</summary>
    public static BlockContent Empty { get; } = new([]);

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>So many zeros.</summary>
    public static BlockContent Zeros(int count) => new(new byte[count]);

    /// <summary>The same bytes with a range replaced.</summary>
    public BlockContent With(int offset, ReadOnlySpan<byte> bytes)
    {
        byte[] changed = [.. _bytes];
        bytes.CopyTo(changed.AsSpan(offset));
        return new BlockContent(changed);
    }

    /// <inheritdoc/>
    public bool Equals(BlockContent? other) =>
        ReferenceEquals(this, other) || (other is not null && _hash == other._hash && _bytes.AsSpan().SequenceEqual(other._bytes));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as BlockContent);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <inheritdoc/>
    public override string ToString()
    {
        string first = Convert.ToHexStringLower(_bytes, 0, Math.Min(_bytes.Length, ShownBytesMax));
        return _bytes.Length <= ShownBytesMax ? first : $"{first}... ({_bytes.Length} bytes)";
    }
}
