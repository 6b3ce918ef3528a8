using OrleansPool.Cluster.Tests.Processes;
using OrleansPool.Server.Tests.DataPlane;

namespace OrleansPool.Cluster.Tests;

/// <summary>The command against a silo whose data port is secured: each a process of its own.</summary>
public sealed class SecuredSiloTests : IDisposable
{
    private const string Cluster = "secured";
    private const string Key = "what only friends know";
    private const string Fallback = "orleanspool: The data plane of node ";

    private readonly LoopbackCertificate _certificate = new();

    public void Dispose() => _certificate.Dispose();

    [Fact]
    public async Task Whoever_has_the_key_moves_bytes_by_the_port()
    {
        await using SiloProcess silo = await SiloProcess.StartAsync("one", Cluster, "--OrleansPool:DataKey", Key);

        Assert.Equal("", await MovesAFileAsync(silo, "dotnet", Repository.Tool, "--data-key", Key));
        Assert.Equal("", await MovesAFileAsync(silo, "env", $"OrleansPool__DataKey={Key}", "dotnet", Repository.Tool));

        await Eventually.TrueAsync(async () => await MetricAsync(silo, "orleanspool_data_admitted") > 0, "connections were admitted");
        Assert.Equal(0, await MetricAsync(silo, "orleanspool_data_refused"));
    }

    [Fact]
    public async Task Whoever_lacks_the_key_moves_bytes_by_grain_calls_and_is_told_why()
    {
        await using SiloProcess silo = await SiloProcess.StartAsync("one", Cluster, "--OrleansPool:DataKey", Key);

        foreach (string[] arguments in new[] { [], new[] { "--data-key", "another" } })
        {
            string errors = await MovesAFileAsync(silo, "dotnet", [Repository.Tool, .. arguments]);
            Assert.StartsWith(Fallback, errors, StringComparison.Ordinal);
            Assert.Contains("the data key is not this cluster's", errors, StringComparison.Ordinal);
            Assert.Contains("--data-key", errors, StringComparison.Ordinal);
        }

        await Eventually.TrueAsync(async () => await MetricAsync(silo, "orleanspool_data_refused") > 0, "connections were refused");
        Assert.Equal(0, await MetricAsync(silo, "orleanspool_data_admitted"));
    }

    [Fact]
    public async Task Over_TLS_whoever_shows_a_certificate_of_the_authority_moves_bytes_by_the_port()
    {
        (string certificate, string key) = (_certificate.CertificateFile, _certificate.KeyFile);
        await using SiloProcess silo = await SiloProcess.StartAsync(
            "one", Cluster, "--OrleansPool:DataCertificateFile", certificate, "--OrleansPool:DataCertificateKeyFile", key,
            "--OrleansPool:DataAuthorityFile", certificate);
        Assert.Contains(", by TLS", silo.Process.Output, StringComparison.Ordinal);

        string errors = await MovesAFileAsync(
            silo, "dotnet", Repository.Tool, "--data-authority", certificate, "--data-certificate", certificate, "--data-certificate-key", key);

        Assert.Equal("", errors);
        await Eventually.TrueAsync(async () => await MetricAsync(silo, "orleanspool_data_admitted") > 0, "connections were admitted");
        Assert.Equal(0, await MetricAsync(silo, "orleanspool_data_refused"));

        Assert.StartsWith(Fallback, await MovesAFileAsync(silo, "dotnet", Repository.Tool, "--data-authority", certificate), StringComparison.Ordinal);
        Assert.StartsWith(Fallback, await MovesAFileAsync(silo, "dotnet", Repository.Tool, "--data-tls"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silo_whose_files_cannot_secure_its_port_ends_with_one_clear_line()
    {
        string file = _certificate.Write("none.pem", "nothing");
        await using SiloProcess silo = await SiloProcess.BeginAsync("one", Cluster, "--OrleansPool:DataCertificateFile", file);

        Assert.Equal(1, await silo.Process.ExitCodeAsync());

        string line = Assert.Single(silo.Process.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith($"The silo did not start: DataCertificateFile is '{file}'", line, StringComparison.Ordinal);
    }

    /// <summary>Puts a file into the fabric and gets it back.</summary>
    /// <returns>What the two runs said on standard error.</returns>
    private async Task<string> MovesAFileAsync(SiloProcess silo, string program, params string[] arguments)
    {
        byte[] bytes = new byte[300_000];
        Random.Shared.NextBytes(bytes);
        string name = Guid.NewGuid().ToString("N");
        string file = _certificate.Write(name, "");
        await File.WriteAllBytesAsync(file, bytes);
        string errors = await RunAsync("put", file, name) + await RunAsync("get", name, file + ".copy");
        Assert.Equal(bytes, await File.ReadAllBytesAsync(file + ".copy"));
        return errors;

        async Task<string> RunAsync(params string[] command)
        {
            await using ChildProcess tool = await ChildProcess.RunAsync(
                program, [.. arguments, .. command, "--gateway", silo.Gateway, "--cluster", Cluster]);
            Assert.True(await tool.ExitCodeAsync() == 0, tool.Errors);
            return tool.Errors;
        }
    }

    private static async Task<double> MetricAsync(SiloProcess silo, string name)
    {
        using var http = new HttpClient();
        string metrics = await http.GetStringAsync($"http://127.0.0.1:{silo.DashboardPort}/metrics");
        return metrics.Split('\n').Where(line => line.StartsWith(name, StringComparison.Ordinal))
            .Sum(line => double.Parse(line.Split("} ")[^1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture));
    }
}
