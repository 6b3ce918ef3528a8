using System.Buffers.Binary;
using OrleansPool.Core.Wire;

namespace OrleansPool.Benchmarks.Fuzz;

/// <summary>Breaks frames in the ways in which a network, another version, or somebody who means harm would.</summary>
internal sealed class FrameMutator(FuzzRandom random, FrameSamples samples)
{
    private const int PieceBytesMax = 64;

    private static readonly long[] Boundaries =
    [
        0, 1, 2, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x10000, FrameHeader.FrameBytesMax, FrameHeader.FrameBytesMax + 1,
        int.MaxValue, 0x8000_0000, uint.MaxValue, 0x1_0000_0000, long.MaxValue, long.MinValue, -1, -2, FrameHeader.Size, FrameHeader.Size - 1,
    ];

    /// <summary>The bytes of a frame after some accidents.</summary>
    public byte[] Mutate(byte[] frame)
    {
        byte[] bytes = frame;
        int count = 1 + random.Below(3);
        for (int i = 0; i < count; i++) bytes = Once(bytes);

        // Without this nearly all accidents would end at the header, and the decoders would see none.
        if (!random.OneIn(4)) Repair(bytes);
        return bytes;
    }

    private byte[] Once(byte[] bytes)
    {
        switch (random.Below(13))
        {
            case 0:
                return FlipBits(bytes);
            case 1:
                return bytes[..random.Below(bytes.Length + 1)];
            case 2:
                return Insert(bytes, At(bytes), random.Bytes(1 + random.Below(PieceBytesMax)));
            case 3:
                return Insert(bytes, At(bytes), Piece(bytes));
            case 4:
                (int from, int to) = Range(bytes);
                return [.. bytes[..from], .. bytes[to..]];
            case 5:
                byte[] other = Another();
                return [.. bytes[..At(bytes)], .. other[At(other)..]];
            case 6:
                return Insert(bytes, Math.Min(bytes.Length, PayloadAt(bytes)), Another());
            case 7:
                return [.. bytes, .. Another()];
            case 8:
                return PutNumber(bytes, At(bytes));
            case 9:
                return PutNumber(bytes, Math.Min(bytes.Length, PayloadAt(bytes) + random.Below(4)));
            case 10:
                return PutNumber(bytes, random.Pick<int>([0, 6, FrameHeader.Size + random.Below(PieceBytesMax)]));
            case 11:
                return ChangeType(bytes);
            default:
                return Nudge(bytes);
        }
    }

    private byte[] Another() => FrameWriting.Write(samples.Make());

    private int At(byte[] bytes) => random.Below(bytes.Length + 1);

    private (int From, int To) Range(byte[] bytes)
    {
        int from = At(bytes);
        return (from, Math.Min(bytes.Length, from + random.Below(PieceBytesMax)));
    }

    private byte[] Piece(byte[] bytes)
    {
        (int from, int to) = Range(bytes);
        return bytes[from..to];
    }

    private static byte[] Insert(byte[] bytes, int at, byte[] piece) => [.. bytes[..at], .. piece, .. bytes[at..]];

    private byte[] FlipBits(byte[] bytes)
    {
        for (int i = random.Below(4); i >= 0 && bytes.Length > 0; i--) bytes[random.Below(bytes.Length)] ^= (byte)(1 << random.Below(8));
        return bytes;
    }

    /// <summary>Puts a number at which something ends where a length or a count may stand.</summary>
    private byte[] PutNumber(byte[] bytes, int at)
    {
        long value = random.OneIn(4) ? bytes.Length + random.Below(5) - 2 : random.Pick<long>(Boundaries);
        Span<byte> number = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(number, value);
        number = number[..random.Pick<int>([1, 2, 4, 8])];
        if (at < bytes.Length) number[..Math.Min(number.Length, bytes.Length - at)].CopyTo(bytes.AsSpan(at));
        return bytes;
    }

    private byte[] ChangeType(byte[] bytes)
    {
        const int TypeAt = 4;
        if (bytes.Length > TypeAt) bytes[TypeAt] = random.OneIn(8) ? (byte)random.Next() : (byte)random.Pick<FrameType>(FrameSamples.Types);
        return bytes;
    }

    /// <summary>Makes a byte one more or one less: a count that is off by one.</summary>
    private byte[] Nudge(byte[] bytes)
    {
        if (bytes.Length > 0) bytes[random.Below(bytes.Length)] += random.OneIn(2) ? (byte)1 : byte.MaxValue;
        return bytes;
    }

    private static int PayloadAt(byte[] bytes) =>
        FrameHeader.TryRead(bytes, int.MaxValue, out FrameHeader header) == FrameStatus.Incomplete ? 0 : FrameHeader.Size + header.FieldsLength;

    /// <summary>Makes the header say how long the frame is, and fields that are within it.</summary>
    private void Repair(byte[] bytes)
    {
        if (bytes.Length < FrameHeader.Size) return;
        BinaryPrimitives.WriteInt32LittleEndian(bytes, bytes.Length);
        Span<byte> fieldsLength = bytes.AsSpan(6);
        int rest = bytes.Length - FrameHeader.Size;
        if (BinaryPrimitives.ReadUInt16LittleEndian(fieldsLength) <= rest) return;
        BinaryPrimitives.WriteUInt16LittleEndian(fieldsLength, (ushort)random.Below(Math.Min(rest, ushort.MaxValue) + 1));
    }
}
