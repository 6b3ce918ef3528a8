using OrleansPool.Cluster.Tests.Processes;
using OrleansPool.Dashboard.Tests.Browsers;
using OrleansPool.Server.Tests.DataPlane;

namespace OrleansPool.Dashboard.Tests.Live;

/// <summary>The dashboard by itself, a client of a silo whose data port asks for a key and a certificate.</summary>
public sealed class SecuredSiloTests : IDisposable
{
    private const string Cluster = "secured";

    private readonly LoopbackCertificate _certificate = new();

    public void Dispose() => _certificate.Dispose();

    [Fact]
    public async Task With_the_silos_settings_it_starts_and_shows_the_silo()
    {
        string[] settings =
        [
            "--OrleansPool:DataKey", "a key", "--OrleansPool:DataCertificateFile", _certificate.CertificateFile,
            "--OrleansPool:DataCertificateKeyFile", _certificate.KeyFile, "--OrleansPool:DataAuthorityFile", _certificate.CertificateFile,
        ];
        await using SiloProcess silo = await SiloProcess.StartAsync("one", Cluster, settings);
        await using DashboardProcess dashboard = await DashboardProcess.StartAsync(Cluster, ["--OrleansPool:Gateways:0", silo.Gateway, .. settings]);
        using var http = new HttpClient();

        await Eventually.TrueAsync(
            async () => (await http.GetStringAsync($"{dashboard.Address}/pool")).Contains("data-node=\"one\"", StringComparison.Ordinal), "the silo shows");
    }

    [Fact]
    public async Task The_page_shows_the_data_port_its_connections_and_whom_it_refused()
    {
        await using SiloProcess silo = await SiloProcess.StartAsync("one", Cluster, "--OrleansPool:DataKey", "a key");
        string endpoint = (await silo.Process.LineAsync(line => line.Contains("data     port ", StringComparison.Ordinal))).Split(' ')[^1];
        await using FabricClient friend = await FabricClient.ConnectAsync(Cluster, silo, options => options.DataKey = "a key");
        await using FabricClient stranger = await FabricClient.ConnectAsync(Cluster, silo);
        using Browser browser = Browser.Start();
        browser.Open($"http://127.0.0.1:{silo.DashboardPort}/pool");
        const string Port = "document.querySelector('[data-node=one] .port').innerText";
        browser.Until($"{Port} === '{endpoint}\\n0 open'");

        await using MemoryLease lease = await friend.Fabric.LeaseAsync(100);
        await lease.WriteAsync(0, new byte[100]);
        browser.Until($"{Port} === '{endpoint}\\n1 open'");

        await using MemoryLease view = await stranger.Fabric.OpenAsync(lease.ToReadOnlyToken());
        await view.ReadAsync(0, new byte[100]);
        browser.Until($"/^{endpoint}\\n1 open · [1-9] refused$/.test({Port})");
        browser.Picture("data-port-light");
        browser.Prefer("dark");
        browser.Picture("data-port-dark");
        Assert.Empty(browser.Complaints());
    }

    [Theory]
    [InlineData("DataAuthorityFile", "nowhere.pem", "DataAuthorityFile is 'nowhere.pem': there is no such file")]
    [InlineData("DataAuthorityFile", "/dev/null", "DataAuthorityFile is '/dev/null'")]
    [InlineData("DataCertificateFile", "/dev/null", "DataCertificateFile is '/dev/null'")]
    [InlineData("DataCertificateKeyFile", "/dev/null", "DataCertificateFile is not set")]
    public async Task Files_that_cannot_be_used_end_it_with_one_clear_line(string setting, string file, string said)
    {
        await using DashboardProcess dashboard = await DashboardProcess.BeginAsync(Cluster, $"--OrleansPool:{setting}", file);

        Assert.Equal(1, await dashboard.Process.ExitCodeAsync());

        string line = Assert.Single(dashboard.Process.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("The dashboard did not start: ", line, StringComparison.Ordinal);
        Assert.Contains(said, line, StringComparison.Ordinal);
    }
}
