using System.Net;
using Microsoft.Extensions.Options;
using OrleansPool.Client.Hosting;
using OrleansPool.Core.Arenas;

namespace OrleansPool.Server.Hosting;

/// <summary>Checks <see cref="OrleansPoolOptions"/>: every failure names the value and the rule.</summary>
internal sealed class OrleansPoolOptionsValidator : IValidateOptions<OrleansPoolOptions>
{
    private const long CapacityBytesMin = 4 << 20;
    private const double CacheShareMax = 0.5;
    private static readonly TimeSpan IntervalMin = TimeSpan.FromMilliseconds(10);

    public ValidateOptionsResult Validate(string? name, OrleansPoolOptions options)
    {
        List<string> failures = [];
        if (!ByteSize.TryParse(options.Capacity, out long capacity) || capacity < CapacityBytesMin)
        {
            failures.Add($"Capacity is '{options.Capacity}': write an amount of at least {ByteSize.Format(CapacityBytesMin)}, such as 256MiB.");
        }

        ValidateSpill(options, failures);
        if (options.CacheShare is not (>= 0 and <= CacheShareMax))
        {
            failures.Add($"CacheShare is {options.CacheShare}: it is from 0 to {CacheShareMax}.");
        }

        if (options.LocalWatermark is not (>= 0 and <= 1)) failures.Add($"LocalWatermark is {options.LocalWatermark}: it is from 0 to 1.");
        if (options.CallPatience < TimeSpan.Zero) failures.Add($"CallPatience is {options.CallPatience}: it is zero (one attempt) or more.");
        if (options.LoadInterval < IntervalMin) failures.Add($"LoadInterval is {options.LoadInterval}: it is at least {IntervalMin}.");
        if (options.OrphanInterval < IntervalMin) failures.Add($"OrphanInterval is {options.OrphanInterval}: it is at least {IntervalMin}.");
        ValidateDataPort(options, failures);
        foreach (PoolOptions pool in options.Pools) ValidatePool(pool, failures);
        foreach (IGrouping<string, PoolOptions> same in options.Pools.GroupBy(pool => pool.Name).Where(group => group.Count() > 1))
        {
            failures.Add($"There are {same.Count()} pools named '{same.Key}': a pool's name is its own.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void ValidateDataPort(OrleansPoolOptions options, List<string> failures)
    {
        if (options.DataPort is < 0 or > IPEndPoint.MaxPort) failures.Add($"DataPort is {options.DataPort}: it is 0 (any free one) to {IPEndPoint.MaxPort}.");
        if (options.DataAddress is { } address && !IPAddress.TryParse(address, out _)) failures.Add($"DataAddress is '{address}': write an IP address, such as 0.0.0.0.");
        failures.AddRange(PemFiles.Problems(
            (nameof(options.DataCertificateFile), options.DataCertificateFile),
            (nameof(options.DataCertificateKeyFile), options.DataCertificateKeyFile),
            (nameof(options.DataAuthorityFile), options.DataAuthorityFile)));
        if (options.DataCertificateFile is null && options.DataAuthorityFile is { } authority)
        {
            failures.Add($"DataAuthorityFile is '{authority}' and DataCertificateFile is not set: without a certificate of its own the data port speaks no TLS.");
        }
    }

    private static void ValidatePool(PoolOptions pool, List<string> failures)
    {
        try
        {
            PoolNames.ValidatePool(pool.Name);
        }
        catch (ArgumentException e)
        {
            failures.Add($"The name of a pool is wrong. {e.Message}");
        }

        if (!ByteSize.TryParse(pool.BlockSize, out long bytes) || !BlockSizes.IsValid(bytes))
        {
            failures.Add($"Pool '{pool.Name}' has block size '{pool.BlockSize}': it is a power of two from {BlockSizes.BytesMin} B to {ByteSize.Format(BlockSizes.BytesMax)}.");
        }

        if (pool.MaxBlocksPerNode < 0)
        {
            failures.Add($"Pool '{pool.Name}' has MaxBlocksPerNode {pool.MaxBlocksPerNode}: it is 0 (no limit) or more.");
        }

        ValidateQuota(pool, nameof(pool.Quota), pool.Quota, bytes, failures);
        ValidateQuota(pool, nameof(pool.QuotaPerOwner), pool.QuotaPerOwner, bytes, failures);
        if (pool.LeasesMax < 0) failures.Add($"Pool '{pool.Name}' has LeasesMax {pool.LeasesMax}: it is 0 (no limit) or more.");
        if (pool.LeasesMaxPerOwner < 0)
        {
            failures.Add($"Pool '{pool.Name}' has LeasesMaxPerOwner {pool.LeasesMaxPerOwner}: it is 0 (no limit) or more.");
        }

        if (pool.DurationMin < LeaseOptions.DurationMin || pool.DurationMax > LeaseOptions.DurationMax || pool.DurationMin > pool.DurationMax)
        {
            failures.Add(
                $"Pool '{pool.Name}' has durations from {pool.DurationMin} to {pool.DurationMax}: DurationMin is at most DurationMax, and both are from {LeaseOptions.DurationMin} to {LeaseOptions.DurationMax}.");
        }
    }

    private static void ValidateQuota(PoolOptions pool, string name, string? value, long blockBytes, List<string> failures)
    {
        if (value is null || (ByteSize.TryParse(value, out long quota) && quota >= Math.Max(1, blockBytes))) return;
        failures.Add($"Pool '{pool.Name}' has {name} '{value}': write an amount of at least one block, such as 64MiB, or leave it out for no limit.");
    }

    private static void ValidateSpill(OrleansPoolOptions options, List<string> failures)
    {
        if (options.SpillFile is null && options.SpillCapacity is null) return;
        if (string.IsNullOrWhiteSpace(options.SpillFile))
        {
            failures.Add($"SpillFile is '{options.SpillFile}' and SpillCapacity '{options.SpillCapacity}': name a file that does not exist yet, or give neither.");
        }

        if (!ByteSize.TryParse(options.SpillCapacity, out long bytes) || bytes < CapacityBytesMin)
        {
            failures.Add($"SpillCapacity is '{options.SpillCapacity}': write an amount of at least {ByteSize.Format(CapacityBytesMin)}, such as 16GiB.");
        }
    }
}
