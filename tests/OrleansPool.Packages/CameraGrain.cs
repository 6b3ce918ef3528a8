namespace OrleansPool.Packages;

/// <summary>The grain of the README's example.</summary>
public sealed class CameraGrain(IMemoryFabric fabric) : Grain, ICameraGrain
{
    public async Task<LeaseToken> Publish(ReadOnlyMemory<byte> frame)
    {
        await using MemoryLease lease = await fabric.LeaseAsync(
            "frames", frame.Length, new LeaseOptions { Duration = TimeSpan.FromSeconds(30), Owner = "camera" });
        await lease.WriteAsync(0, frame);
        return lease.Detach();                              // whoever gets the token owns it now
    }
}
