using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace OrleansPool;

/// <summary>
/// The bytes of a token. Little-endian:
/// <code>
/// version u8 | pool length u8, UTF-8 | length i64 | block bytes i32 | homes u16 | extents u16
/// home:   address length u8, UTF-8 | incarnation u128
/// extent: home u16 | segment u64 | head i32 | generation u64 | lease id u128 | rights u8 | block count i32
/// </code>
/// </summary>
internal static class LeaseTokenCodec
{
    public const string Prefix = "opl_";

    private const byte Version = 1;
    private const int FixedBytes = 1 + 1 + 8 + 4 + 2 + 2;
    private const int HomeFixedBytes = 1 + 16;
    private const int ExtentBytes = 2 + 8 + 4 + 8 + 16 + 1 + 4;

    public static byte[] Encode(LeaseToken token)
    {
        List<NodeId> homes = [];
        foreach (LeaseExtent extent in token.Extents)
        {
            if (!homes.Contains(extent.Home)) homes.Add(extent.Home);
        }

        byte[] pool = Encoding.UTF8.GetBytes(token.Pool);
        byte[][] addresses = [.. homes.Select(home => Encoding.UTF8.GetBytes(home.Silo.ToParsableString()))];
        var bytes = new byte[FixedBytes + pool.Length + addresses.Sum(a => HomeFixedBytes + a.Length) + (token.Extents.Length * ExtentBytes)];
        Span<byte> rest = bytes;

        Put(ref rest, Version);
        PutText(ref rest, pool);
        Put(ref rest, token.Length);
        Put(ref rest, token.BlockBytes);
        Put(ref rest, (ushort)homes.Count);
        Put(ref rest, (ushort)token.Extents.Length);
        for (int i = 0; i < homes.Count; i++)
        {
            PutText(ref rest, addresses[i]);
            Put(ref rest, homes[i].Incarnation.Value);
        }

        foreach (LeaseExtent extent in token.Extents)
        {
            Put(ref rest, (ushort)homes.IndexOf(extent.Home));
            Put(ref rest, extent.Segment.Value);
            Put(ref rest, extent.Key.Head);
            Put(ref rest, extent.Key.Generation);
            Put(ref rest, extent.Key.Id.Value);
            Put(ref rest, (byte)extent.Key.Rights);
            Put(ref rest, extent.BlockCount);
        }

        return bytes;
    }

    public static bool TryDecode(ReadOnlySpan<byte> rest, [NotNullWhen(true)] out LeaseToken? token)
    {
        token = null;
        if (!TryTake(ref rest, out byte version) || version != Version) return false;
        if (!TryTakeText(ref rest, out string? pool) || !PoolNames.IsPool(pool)) return false;
        if (!TryTake(ref rest, out long length) || length <= 0) return false;
        if (!TryTake(ref rest, out int blockBytes) || !int.IsPow2(blockBytes)) return false;
        if (!TryTake(ref rest, out ushort homeCount) || !TryTake(ref rest, out ushort extentCount)) return false;
        if (homeCount == 0 || extentCount is 0 or > LeaseToken.ExtentCountMax) return false;
        if (rest.Length < (homeCount * HomeFixedBytes) + (extentCount * ExtentBytes)) return false;

        var homes = new NodeId[homeCount];
        for (int i = 0; i < homes.Length; i++)
        {
            if (!TryTakeText(ref rest, out string? address) || !TryTake(ref rest, out UInt128 incarnation)) return false;
            if (!TryParseSilo(address, out SiloAddress? silo)) return false;
            homes[i] = new NodeId(silo, new NodeIncarnation(incarnation));
        }

        ImmutableArray<LeaseExtent>.Builder extents = ImmutableArray.CreateBuilder<LeaseExtent>(extentCount);
        long blocks = 0;
        for (int i = 0; i < extentCount; i++)
        {
            if (!TryTake(ref rest, out ushort home) || home >= homes.Length) return false;
            if (!TryTake(ref rest, out ulong segment) || !TryTake(ref rest, out int head) || head < 0) return false;
            if (!TryTake(ref rest, out ulong generation) || !TryTake(ref rest, out UInt128 id)) return false;
            if (!TryTake(ref rest, out byte rights) || (LeaseRights)rights is not (LeaseRights.Read or LeaseRights.Owner)) return false;
            if (!TryTake(ref rest, out int blockCount) || blockCount <= 0) return false;
            blocks += blockCount;
            extents.Add(new LeaseExtent(
                homes[home], new SegmentId(segment), new LeaseKey(head, generation, new LeaseId(id), (LeaseRights)rights), blockCount));
        }

        if (!rest.IsEmpty || !LeaseToken.Holds(blocks, blockBytes, length)) return false;
        token = new LeaseToken(pool, length, blockBytes, extents.MoveToImmutable());
        return true;
    }

    private static bool TryParseSilo(string address, [NotNullWhen(true)] out SiloAddress? silo)
    {
        try
        {
            silo = SiloAddress.FromParsableString(address);
            return true;
        }
        catch (FormatException)
        {
            silo = null;
            return false;
        }
    }

    private static void Put<T>(ref Span<byte> rest, T value) where T : unmanaged, System.Numerics.IBinaryInteger<T>
    {
        int written = value.WriteLittleEndian(rest);
        rest = rest[written..];
    }

    private static void PutText(ref Span<byte> rest, byte[] utf8)
    {
        Put(ref rest, checked((byte)utf8.Length));
        utf8.CopyTo(rest);
        rest = rest[utf8.Length..];
    }

    private static bool TryTake<T>(ref ReadOnlySpan<byte> rest, out T value) where T : unmanaged, System.Numerics.IBinaryInteger<T>
    {
        int size = T.Zero.GetByteCount();
        if (rest.Length < size)
        {
            value = T.Zero;
            return false;
        }

        value = T.ReadLittleEndian(rest[..size], isUnsigned: T.IsPositive(unchecked(T.Zero - T.One)));
        rest = rest[size..];
        return true;
    }

    private static bool TryTakeText(ref ReadOnlySpan<byte> rest, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (!TryTake(ref rest, out byte length) || rest.Length < length) return false;
        text = Encoding.UTF8.GetString(rest[..length]);
        rest = rest[length..];
        return true;
    }
}
