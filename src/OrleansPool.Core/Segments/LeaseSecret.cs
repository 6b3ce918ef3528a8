using System.Buffers.Binary;

namespace OrleansPool.Core.Segments;

/// <summary>
/// Derives the lease ids of one segment from its secret key, so that a token can be verified without a table: the id belongs to
/// one generation and one set of rights, and nobody without the key can make one. Immutable, thread-safe.
/// </summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct LeaseSecret
{
    private readonly SipHash _hash;

    /// <summary>Takes the key: 128 random bits.</summary>
    public LeaseSecret(UInt128 key)
    {
        Key = key;
        _hash = new SipHash((ulong)key, (ulong)(key >> 64));
    }

    /// <summary>The key, for the segment's other copies.</summary>
    internal UInt128 Key { get; }

    /// <summary>The lease id of a generation with some rights.</summary>
    public LeaseId Derive(ulong generation, LeaseRights rights)
    {
        Span<byte> message = stackalloc byte[sizeof(ulong) + 1];
        BinaryPrimitives.WriteUInt64LittleEndian(message, generation);
        message[sizeof(ulong)] = (byte)rights;
        return new LeaseId(_hash.Hash(message));
    }

    /// <summary>Whether this segment issued a key. Takes the same time whichever bit differs.</summary>
    public bool Verify(in LeaseKey key)
    {
        UInt128 difference = Derive(key.Generation, key.Rights).Value ^ key.Id.Value;
        return ((ulong)difference | (ulong)(difference >> 64)) == 0;
    }
}
