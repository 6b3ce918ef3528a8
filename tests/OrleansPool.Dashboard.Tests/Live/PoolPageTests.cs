using OrleansPool.Cluster.Tests.Processes;
using OrleansPool.Dashboard.Tests.Browsers;

namespace OrleansPool.Dashboard.Tests.Live;

/// <summary>The page of one silo, in a real browser.</summary>
public sealed class PoolPageTests
{
    private const string Cluster = "page";

    [Fact]
    public async Task The_page_loads_and_shows_a_lease_as_it_is_taken_and_released()
    {
        await using SiloProcess silo = await SiloProcess.StartAsync("alone", Cluster);
        await using FabricClient client = await FabricClient.ConnectAsync(Cluster, silo);
        using Browser browser = Browser.Start();

        browser.Open(Address(silo, "/"));
        Assert.EndsWith("/pool", browser.Address, StringComparison.Ordinal);
        browser.Until("document.body.dataset.state === 'live'");
        browser.Until("document.querySelector('[data-node=alone]')");
        Assert.Contains("Nothing is leased.", browser.Text("#largest"), StringComparison.Ordinal);
        browser.Picture("empty");

        await using (await client.Fabric.LeaseAsync(3 << 20, new LeaseOptions { Owner = "camera <7>" }))
        {
            browser.Until("document.getElementById('total-leases').textContent === '1'");
            browser.Until("document.querySelector('#largest .name').textContent === 'camera <7>'");
            browser.Until("document.getElementById('total-leased').textContent === '3 MiB'");
        }

        browser.Until("document.getElementById('total-leases').textContent === '0'");
        browser.Until("document.getElementById('largest').textContent.includes('Nothing is leased.')");
        Assert.Empty(browser.Complaints());
    }

    [Fact]
    public async Task The_pool_and_Orleans_lead_to_each_other()
    {
        await using SiloProcess silo = await SiloProcess.StartAsync("alone", Cluster);
        using Browser browser = Browser.Start();

        browser.Open(Address(silo, "/pool"));
        browser.Click("nav a[href='/orleans/']");
        browser.Until("document.getElementById('content').textContent.includes('Overview')");
        browser.Picture("orleans");
        browser.Click("#pool-link");
        browser.Until("document.body.dataset.state === 'live'");

        Assert.Empty(browser.Complaints());
    }

    [Fact]
    public async Task The_theme_follows_the_system_until_the_reader_chooses()
    {
        await using SiloProcess silo = await SiloProcess.StartAsync("alone", Cluster);
        using Browser browser = Browser.Start();
        const string Background = "getComputedStyle(document.body).backgroundColor";

        browser.Prefer("light");
        browser.Open(Address(silo, "/pool"));
        string light = browser.Value<string>(Background);
        browser.Prefer("dark");
        string dark = browser.Value<string>(Background);
        Assert.NotEqual(light, dark);

        browser.Click("#theme");
        Assert.Equal(("Theme: light", light), (browser.Text("#theme"), browser.Value<string>(Background)));
        browser.Open(Address(silo, "/pool"));
        Assert.Equal(("Theme: light", light), (browser.Text("#theme"), browser.Value<string>(Background)));
        browser.Click("#theme");
        Assert.Equal(("Theme: dark", dark), (browser.Text("#theme"), browser.Value<string>(Background)));
    }

    [Fact]
    public async Task A_page_whose_silo_is_gone_says_so_and_comes_back_with_it()
    {
        SiloProcess silo = await SiloProcess.StartAsync("alone", Cluster);
        using Browser browser = Browser.Start();
        browser.Open(Address(silo, "/pool"));
        browser.Until("document.body.dataset.state === 'live'");

        await silo.Process.SignalAsync("TERM");
        Assert.Equal(0, await silo.Process.ExitCodeAsync());
        await silo.DisposeAsync();
        browser.Until("document.body.dataset.state === 'lost'");
        browser.Picture("disconnected");

        await using SiloProcess again = await SiloProcess.StartAsync("again", Cluster, "--OrleansPool:DashboardPort", $"{silo.DashboardPort}");
        browser.Until("document.body.dataset.state === 'live' && document.querySelector('[data-node=again]')");
    }

    [Fact]
    public async Task A_page_with_ten_thousand_leases_is_there_within_a_second()
    {
        const int LeaseCount = 10_000;
        const int LoadCount = 5;
        await using SiloProcess silo = await SiloProcess.StartAsync("alone", Cluster);
        await using FabricClient client = await FabricClient.ConnectAsync(Cluster, silo);
        var options = new LeaseOptions { Owner = "many", Duration = TimeSpan.FromMinutes(10) };
        await Parallel.ForAsync(0, LeaseCount, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, cancellationToken) =>
            (await client.Fabric.LeaseAsync(4096, options, cancellationToken)).Detach());
        using Browser browser = Browser.Start();
        browser.Open(Address(silo, "/pool"));

        List<double> loads = [];
        for (int i = 0; i < LoadCount; i++)
        {
            browser.Open(Address(silo, "/pool"));
            browser.Until("document.readyState === 'complete' && performance.getEntriesByType('navigation')[0].loadEventEnd > 0");
            Assert.Equal("10\u202f000", browser.Text("#total-leases"));
            loads.Add(Convert.ToDouble(browser.Value<object>("performance.getEntriesByType('navigation')[0].loadEventEnd"), System.Globalization.CultureInfo.InvariantCulture));
        }

        string said = $"page load with {LeaseCount} leases: {string.Join(", ", loads.Select(load => $"{load:0}"))} ms";
        TestContext.Current.TestOutputHelper?.WriteLine(said);
        TestContext.Current.SendDiagnosticMessage(said);
        browser.Picture("many");
        Assert.True(loads.Order().ElementAt(LoadCount / 2) < 1000, said);
        Assert.Empty(browser.Complaints());
    }

    private static string Address(SiloProcess silo, string path) => $"http://127.0.0.1:{silo.DashboardPort}{path}";
}
