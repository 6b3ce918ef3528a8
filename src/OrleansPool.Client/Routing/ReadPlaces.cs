using OrleansPool.Grains;

namespace OrleansPool.Client.Routing;

/// <summary>Places for the bytes of several reads, one for each.</summary>
internal static class ReadPlaces
{
    /// <summary>One after the other in a buffer that is as long as all reads together.</summary>
    public static Memory<byte>[] InTurn(BlockRead[] reads, Memory<byte> buffer)
    {
        var places = new Memory<byte>[reads.Length];
        int at = 0;
        for (int i = 0; i < reads.Length; i++)
        {
            places[i] = buffer.Slice(at, reads[i].Count);
            at += reads[i].Count;
        }

        return places;
    }

    /// <summary>Puts what was read into its places. An answer that has no bytes leaves its place as it is.</summary>
    /// <returns>How many bytes that is.</returns>
    public static int Fill(in ReadReply reply, BlockReadReply[] replies, Memory<byte>[] places)
    {
        reply.Blocks.CopyTo(replies, 0);
        int at = 0;
        for (int i = 0; i < places.Length; i++)
        {
            if (replies[i].Status != OperationStatus.Ok) continue;
            reply.Bytes.Slice(at, places[i].Length).CopyTo(places[i]);
            at += places[i].Length;
        }

        return at;
    }

    /// <summary>Closes the gaps that answers without bytes have left between <see cref="InTurn"/>.</summary>
    /// <returns>What was read, one after the other.</returns>
    public static Memory<byte> CloseGaps(BlockReadReply[] replies, Memory<byte>[] places, Memory<byte> buffer)
    {
        int from = 0;
        int to = 0;
        for (int i = 0; i < places.Length; from += places[i++].Length)
        {
            if (replies[i].Status != OperationStatus.Ok) continue;
            if (to != from) places[i].CopyTo(buffer[to..]);
            to += places[i].Length;
        }

        return buffer[..to];
    }
}
