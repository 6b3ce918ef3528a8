using System.Buffers;

namespace OrleansPool.Server.Tests.Faces;

internal sealed class SyncStreamGrain(IMemoryFabric fabric) : Grain, ISyncStreamGrain
{
    public async Task<byte[]> OverwriteAsync(LeaseToken token, byte[] bytes)
    {
        await using MemoryLease lease = await fabric.OpenAsync(token);
        using (Stream stream = lease.AsStream()) stream.Write(bytes);
        using (RangeWriter writer = lease.AsBufferWriter(bytes.Length)) writer.Write(bytes);
        byte[] read = new byte[2 * bytes.Length];
        using (Stream stream = lease.AsStream()) stream.ReadExactly(read);
        return read;
    }
}
