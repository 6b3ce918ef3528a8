namespace OrleansPool.Benchmarks.Yardsticks;

internal sealed class BytesGrain : Grain, IBytesGrain
{
    private byte[] _value = [];

    public Task<byte[]> GetAsync() => Task.FromResult(_value);

    public Task SetAsync(byte[] value)
    {
        _value = value;
        return Task.CompletedTask;
    }
}
