using System.Collections.Immutable;
using System.Net;
using CsCheck;

namespace OrleansPool.Abstractions.Tests.Leases;

/// <summary>Tokens of every shape that the fabric may make.</summary>
internal static class Tokens
{
    private const string PoolLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

    private static readonly Gen<UInt128> Word = Gen.Select(Gen.ULong, Gen.ULong, (high, low) => new UInt128(high, low));

    private static readonly Gen<NodeId> Home = Gen.Select(
        Gen.OneOf(Gen.Byte.Array[4], Gen.Byte.Array[16]), Gen.Int[0, 65535], Gen.Int[0, int.MaxValue], Word,
        (ip, port, generation, incarnation) =>
            new NodeId(SiloAddress.New(new IPAddress(ip), port, generation), new NodeIncarnation(incarnation)));

    private static readonly Gen<LeaseKey> Key = Gen.Select(
        Gen.Int[0, int.MaxValue], Gen.ULong, Word, Gen.OneOf(Gen.Const(LeaseRights.Read), Gen.Const(LeaseRights.Owner)),
        (head, generation, id, rights) => new LeaseKey(head, generation, new LeaseId(id), rights));

    /// <summary>Any token, of up to eight homes and fifty extents.</summary>
    public static Gen<LeaseToken> Any { get; } =
        from pool in Gen.Char[PoolLetters].Array[1, PoolNames.PoolLengthMax]
        from homes in Home.Array[1, 8]
        from extents in Gen.Select(
            Gen.Int[0, homes.Length - 1], Gen.ULong, Key, Gen.Int[1, int.MaxValue],
            (home, segment, key, blocks) => new LeaseExtent(homes[home], new SegmentId(segment), key, blocks)).Array[1, 50]
        from shift in Gen.Int[6, 20]
        let room = extents.Sum(extent => (long)extent.BlockCount) << shift
        from length in Gen.Long[1, room]
        select new LeaseToken(new string(pool), length, 1 << shift, [.. extents]);

    public static NodeId Node(int port) =>
        new(SiloAddress.New(IPAddress.Loopback, port, 7), new NodeIncarnation(new UInt128(0x0123456789abcdef, 0xfedcba9876543210)));

    /// <summary>A token that is always the same.</summary>
    public static LeaseToken Fixed() => new("frames", 10_000, 4096, Extents(Node(11111), Node(11112), Node(11111)));

    private static ImmutableArray<LeaseExtent> Extents(params NodeId[] homes) =>
    [
        .. homes.Select((home, i) => new LeaseExtent(
            home, new SegmentId(0x1122334455667788 + (ulong)i),
            new LeaseKey(i, 5 + (ulong)i, new LeaseId(new UInt128(0xa1b2c3d4e5f60718, (ulong)i)), LeaseRights.Owner), 1)),
    ];
}
