using OrleansPool.Core.Wire;

namespace OrleansPool.Client.Data;

/// <summary>A part of a batch that goes into one request.</summary>
/// <param name="First">Index of its first item.</param>
/// <param name="Count">How many items.</param>
/// <param name="Start">Where its bytes begin among those of the batch.</param>
/// <param name="ByteCount">How many bytes.</param>
internal readonly record struct Cut(int First, int Count, int Start, int ByteCount)
{
    /// <summary>Cuts a batch. An item that is longer than a part stands alone.</summary>
    /// <param name="itemCount">How many items there are.</param>
    /// <param name="bytesOf">How many bytes an item has.</param>
    /// <param name="bytesMax">Most bytes of a part.</param>
    public static List<Cut> Of(int itemCount, Func<int, int> bytesOf, int bytesMax)
    {
        List<Cut> cuts = [];
        int start = 0;
        for (int first = 0, next; first < itemCount; first = next)
        {
            int bytes = bytesOf(first);
            for (next = first + 1; next < itemCount && next - first < BatchFrame.CountMax && bytes + bytesOf(next) <= bytesMax; next++) bytes += bytesOf(next);
            cuts.Add(new Cut(first, next - first, start, bytes));
            start += bytes;
        }

        return cuts;
    }
}
