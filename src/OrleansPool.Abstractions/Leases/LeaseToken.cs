using System.Buffers.Text;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace OrleansPool;

/// <summary>
/// A right over leased memory that can be sent anywhere: through grain calls, as JSON, as a string. Whoever holds it may open
/// the memory with <see cref="IMemoryFabric.OpenAsync"/>; keep it as secret as the bytes it opens.
/// </summary>
/// <remarks>Immutable and thread-safe. Equal tokens name the same right.</remarks>
[GenerateSerializer, Immutable, Alias("OrleansPool.LeaseToken")]
[JsonConverter(typeof(LeaseTokenJsonConverter))]
public sealed class LeaseToken : IEquatable<LeaseToken>, IParsable<LeaseToken>
{
    /// <summary>Most extents that one token may name.</summary>
    public const int ExtentCountMax = 4096;

    /// <summary>Makes a token of its parts.</summary>
    /// <param name="pool">Name of the pool that the memory came from.</param>
    /// <param name="length">Length of the range in bytes; more than zero.</param>
    /// <param name="blockBytes">Size of the pool's blocks in bytes; a power of two.</param>
    /// <param name="extents">The leases that make up the range, in order; at least one, and with room for the length.</param>
    public LeaseToken(string pool, long length, int blockBytes, ImmutableArray<LeaseExtent> extents)
    {
        PoolNames.ValidatePool(pool);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        if (!int.IsPow2(blockBytes)) throw new ArgumentOutOfRangeException(nameof(blockBytes), blockBytes, "The size of a block is a power of two.");
        if (extents.IsDefaultOrEmpty) throw new ArgumentException("A token names at least one extent.", nameof(extents));
        if (extents.Length > ExtentCountMax)
        {
            throw new ArgumentException($"A token names at most {ExtentCountMax} extents; this one has {extents.Length}.", nameof(extents));
        }

        long blocks = extents.Sum(extent => (long)extent.BlockCount);
        if (!Holds(blocks, blockBytes, length))
        {
            throw new ArgumentException($"The extents have {blocks} blocks of {blockBytes} bytes, too few for {length} bytes.", nameof(extents));
        }

        Pool = pool;
        Length = length;
        BlockBytes = blockBytes;
        Extents = extents;
    }

    /// <summary>Name of the pool that the memory came from.</summary>
    [Id(0)]
    public string Pool { get; }

    /// <summary>Length of the range in bytes.</summary>
    [Id(1)]
    public long Length { get; }

    /// <summary>Size of the pool's blocks in bytes.</summary>
    [Id(2)]
    public int BlockBytes { get; }

    /// <summary>The leases that make up the range, in order of their bytes.</summary>
    [Id(3)]
    public ImmutableArray<LeaseExtent> Extents { get; }

    /// <summary>What the token allows.</summary>
    public LeaseRights Rights => Extents[0].Key.Rights;

    /// <summary>Reads a token from the text that <see cref="ToString"/> made.</summary>
    /// <exception cref="FormatException">The text is not a token.</exception>
    public static LeaseToken Parse(string s, IFormatProvider? provider = null)
    {
        ArgumentNullException.ThrowIfNull(s);
        return TryParse(s, provider, out LeaseToken? token)
            ? token
            : throw new FormatException($"This is not a lease token: it should start with '{LeaseTokenCodec.Prefix}' and be copied whole ({s.Length} characters were given).");
    }

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out LeaseToken result)
    {
        result = null;
        if (s is null || !s.StartsWith(LeaseTokenCodec.Prefix, StringComparison.Ordinal)) return false;
        ReadOnlySpan<char> body = s.AsSpan(LeaseTokenCodec.Prefix.Length);
        return Base64Url.IsValid(body) && LeaseTokenCodec.TryDecode(Base64Url.DecodeFromChars(body), out result);
    }

    /// <summary>The token as text that <see cref="Parse"/> reads: URL-safe, about 100 characters for each extent.</summary>
    public override string ToString() => LeaseTokenCodec.Prefix + Base64Url.EncodeToString(LeaseTokenCodec.Encode(this));

    /// <inheritdoc/>
    public bool Equals(LeaseToken? other) =>
        other is not null && Pool == other.Pool && Length == other.Length && BlockBytes == other.BlockBytes
        && Extents.AsSpan().SequenceEqual(other.Extents.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as LeaseToken);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Pool, Length, Extents[0]);

    /// <summary>Whether so many blocks have room for so many bytes.</summary>
    internal static bool Holds(long blocks, int blockBytes, long bytes) => (UInt128)blocks * (uint)blockBytes >= (UInt128)bytes;
}
