namespace OrleansPool.Benchmarks.Yardsticks;

/// <summary>A plain grain that holds bytes, as people write it.</summary>
public interface IBytesGrain : IGrainWithIntegerKey
{
    Task<byte[]> GetAsync();

    Task SetAsync(byte[] value);
}
