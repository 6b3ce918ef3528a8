using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansPool.Client.Hosting;
using OrleansPool.Server.Hosting;
using OrleansPool.Server.Tests.DataPlane;

namespace OrleansPool.Server.Tests.Hosting;

/// <summary>Wrong configuration stops the host at its start, with one message that names the value and the rule.</summary>
public sealed class OptionsTests
{
    [Theory]
    [InlineData("Capacity", "lots", "'lots'", "256MiB")]
    [InlineData("Capacity", "1MiB", "'1MiB'", "4 MiB")]
    [InlineData("Capacity", "-1GiB", "'-1GiB'", "4 MiB")]
    [InlineData("Capacity", "99999999999999TiB", "'99999999999999TiB'", "4 MiB")]
    public async Task A_capacity_that_is_none_is_refused(string option, string value, params string[] said) =>
        await AssertRefusedAsync(pool => pool.Capacity(value), [option, .. said]);

    [Fact]
    public async Task A_capacity_above_the_machine_is_refused() =>
        await AssertRefusedAsync<PoolConfigurationException>(pool => pool.Capacity("900TiB"), "989560464998400", "may take", "Lower the capacity");

    [Theory]
    [InlineData("3KiB")]
    [InlineData("32B")]
    [InlineData("2MiB")]
    [InlineData("0")]
    [InlineData("-4KiB")]
    [InlineData("blocks")]
    public async Task A_block_size_that_is_no_power_of_two_in_its_limits_is_refused(string size) =>
        await AssertRefusedAsync(pool => pool.Pool("frames", frames => frames.BlockSize(size)), "'frames'", $"'{size}'", "power of two", "64 B", "1 MiB");

    [Fact]
    public async Task Two_pools_of_one_name_are_refused() =>
        await AssertRefusedAsync(pool => pool.Pool("frames").Pool("frames"), "2 pools named 'frames'");

    [Theory]
    [InlineData("")]
    [InlineData("no spaces")]
    public async Task A_pools_name_is_checked(string name) => await AssertRefusedAsync(pool => pool.Pool(name), "name");

    [Fact]
    public async Task Every_wrong_number_is_named()
    {
        await AssertRefusedAsync(
            pool =>
            {
                pool.Options.CacheShare = 0.75;
                pool.Options.LocalWatermark = double.NaN;
                pool.Options.LoadInterval = TimeSpan.Zero;
                pool.Options.OrphanInterval = TimeSpan.FromSeconds(-1);
                pool.Options.CallPatience = TimeSpan.FromSeconds(-2);
                pool.Pool("frames", frames => frames.MaxBlocksPerNode(-3));
            },
            "CacheShare is 0.75", "LocalWatermark is NaN", "LoadInterval is 00:00:00", "OrphanInterval is -00:00:01", "CallPatience is -00:00:02",
            "MaxBlocksPerNode -3");
    }

    [Fact]
    public async Task Every_wrong_quota_duration_and_spill_file_is_named() =>
        await AssertRefusedAsync(
            pool =>
            {
                pool.SpillTo(" ", "1KiB");
                pool.Pool("frames", frames => frames.Quota("some", -1).QuotaPerOwner("1B", -2).Durations(TimeSpan.FromDays(2), TimeSpan.FromDays(1)));
                pool.Pool("more", more => more.Durations(TimeSpan.Zero, TimeSpan.FromDays(8)));
            },
            "SpillFile is ' '", "SpillCapacity is '1KiB'", "Quota 'some'", "LeasesMax -1", "QuotaPerOwner '1B'", "LeasesMaxPerOwner -2",
            "durations from 2.00:00:00 to 1.00:00:00", "durations from 00:00:00 to 8.00:00:00");

    [Fact]
    public async Task A_spill_file_that_cannot_be_made_stops_the_start() =>
        await AssertRefusedAsync<PoolConfigurationException>(
            pool => pool.Capacity("4MiB").SpillTo("/proc/spill", "4MiB"), "/proc/spill", "cannot be made", "may write to");

    [Fact]
    public async Task Files_that_cannot_secure_the_data_port_stop_the_start()
    {
        using var certificate = new LoopbackCertificate();
        string noPem = certificate.Write("none.pem", "nothing");
        await AssertRefusedAsync(
            pool => (pool.Options.DataCertificateFile, pool.Options.DataAuthorityFile) = ("nowhere.pem", certificate.CertificateFile),
            "DataCertificateFile is 'nowhere.pem'", "no such file");
        await AssertRefusedAsync(
            pool => (pool.Options.DataCertificateFile, pool.Options.DataCertificateKeyFile) = (certificate.CertificateFile, noPem),
            $"DataCertificateFile is '{certificate.CertificateFile}'", $"DataCertificateKeyFile '{noPem}'");
        await AssertRefusedAsync(
            pool => pool.Options.DataAuthorityFile = certificate.CertificateFile, "DataCertificateFile is not set", "speaks no TLS");
    }

    [Fact]
    public async Task A_clients_options_are_checked()
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleansClient(client => client.UseLocalhostClustering().AddOrleansPoolClient(options =>
        {
            options.LocalCapacity = "none";
            options.CallPatience = TimeSpan.FromSeconds(-1);
        }));
        using IHost host = builder.Build();

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains("'none'", error.Message, StringComparison.Ordinal);
        Assert.Contains("CallPatience", error.Message, StringComparison.Ordinal);
    }

    private static Task AssertRefusedAsync(Action<OrleansPoolBuilder> configure, params string[] said) =>
        AssertRefusedAsync<OptionsValidationException>(configure, said);

    private static async Task AssertRefusedAsync<TError>(Action<OrleansPoolBuilder> configure, params string[] said)
        where TError : Exception
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleans(silo => silo.UseLocalhostClustering().AddOrleansPool(configure));
        var error = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            using IHost host = builder.Build();
            await host.StartAsync(TestContext.Current.CancellationToken);
        });

        for (Exception? cause = error; cause is not null; cause = cause.InnerException)
        {
            if (cause is not TError) continue;
            Assert.All(said, part => Assert.Contains(part, cause.Message, StringComparison.Ordinal));
            return;
        }

        Assert.Fail($"Expected {typeof(TError).Name}, got: {error}");
    }
}
