using OrleansPool.Core.Arenas;
using OrleansPool.Core.Replication;

namespace OrleansPool.Core.Wire;

/// <summary>
/// How images of blocks stand in a payload: how many, how long the head of each is, the heads, and then the bytes of all of them in the
/// same order. A later version may make heads longer.
/// </summary>
internal static class ImagesField
{
    /// <summary>Most images: a full copy of the smallest blocks.</summary>
    public const int CountMax = ReplicationTimes.PartBytesMax / BlockSizes.BytesMin;

    private const int HeadLength = (2 * sizeof(int)) + sizeof(ulong);

    public static int LengthOf(BlockImage[] images)
    {
        int length = sizeof(int) + sizeof(ushort) + (images.Length * HeadLength);
        foreach (ref readonly BlockImage image in images.AsSpan()) length += image.Bytes.Length;
        return length;
    }

    public static void Write(ref FieldWriter writer, BlockImage[] images)
    {
        writer.Int32(images.Length);
        writer.UInt16(HeadLength);
        foreach (ref readonly BlockImage image in images.AsSpan())
        {
            writer.Int32(image.Block);
            writer.UInt64(image.Version);
            writer.Int32(image.Bytes.Length);
        }

        foreach (ref readonly BlockImage image in images.AsSpan()) writer.Raw(image.Bytes.Span);
    }

    /// <summary>Reads them.</summary>
    /// <param name="reader">The message.</param>
    /// <param name="first">The first block that may be among them.</param>
    /// <param name="end">One past the last.</param>
    public static BlockImage[] Read(ref MessageReader reader, int first, int end)
    {
        int count = reader.Payload.Count(CountMax, HeadLength);
        int headLength = reader.Payload.UInt16();
        if (headLength < HeadLength) reader.Payload.Break();
        ReadOnlySpan<byte> heads = reader.Payload.Raw(count * headLength);
        if (count == 0 || reader.IsBroken) return [];
        var images = new BlockImage[count];
        for (int i = 0; i < count && !reader.IsBroken; i++)
        {
            var head = new FieldReader(heads.Slice(i * headLength, headLength));
            images[i] = new BlockImage(head.Int32(), head.UInt64(), reader.Bytes(head.Int32(), BlockSizes.BytesMax));
            if (images[i].Block < first || images[i].Block >= end) reader.Payload.Break();
        }

        return images;
    }
}
