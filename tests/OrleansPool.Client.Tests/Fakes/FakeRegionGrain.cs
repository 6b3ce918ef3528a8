using OrleansPool.Grains;

namespace OrleansPool.Client.Tests.Fakes;

/// <summary>A region whose page table the test changes.</summary>
internal sealed class FakeRegionGrain : IRegionGrain
{
    public PageTable? Table { get; set; }

    public int OpenCount { get; private set; }

    public Task<PageTable?> OpenAsync()
    {
        OpenCount++;
        return Task.FromResult(Table);
    }

    public Task<PageTable> CreateAsync(string pool, long bytes) => throw new NotSupportedException();

    public Task<PageTable> ResizeAsync(Guid id, long bytes) => throw new NotSupportedException();

    public Task<PageTable> GrowAsync(Guid id, long bytes) => throw new NotSupportedException();

    public Task<bool> DeleteAsync() => throw new NotSupportedException();

    public Task<LeaseExtent[]> FindOrphansAsync(LeaseExtent[] kept) => throw new NotSupportedException();

    public Task<RegionInfo?> DescribeAsync() => throw new NotSupportedException();
}
