using System.Globalization;
using OpenQA.Selenium;
using OpenQA.Selenium.Chrome;

namespace OrleansPool.Dashboard.Tests.Browsers;

/// <summary>A real Chromium without a window, with a profile of its own that is gone afterwards.</summary>
internal sealed class Browser : IDisposable
{
    private const string Chromium = "/usr/bin/chromium";
    private const string Driver = "/usr/bin/chromedriver";
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(60);

    private readonly ChromeDriver _driver;
    private readonly string _profile;

    private Browser(ChromeDriver driver, string profile)
    {
        _driver = driver;
        _profile = profile;
    }

    public string Address => _driver.Url;

    /// <summary>Starts it; skips the test where it is not installed.</summary>
    public static Browser Start(int width = 1500, int height = 1300)
    {
        Assert.SkipUnless(File.Exists(Chromium), "chromium is missing. Install Debian's package chromium.");
        Assert.SkipUnless(File.Exists(Driver), "chromedriver is missing. Install Debian's package chromium-driver.");
        string profile = Directory.CreateTempSubdirectory("orleanspool-chromium-").FullName;
        var options = new ChromeOptions { BinaryLocation = Chromium };
        options.AddArguments(
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars", $"--user-data-dir={profile}",
            string.Create(CultureInfo.InvariantCulture, $"--window-size={width},{height}"));
        options.SetLoggingPreference(LogType.Browser, LogLevel.All);
        var service = ChromeDriverService.CreateDefaultService(Driver);
        service.SuppressInitialDiagnosticInformation = true;
        var driver = new ChromeDriver(service, options, WaitMax);
        driver.Manage().Timeouts().AsynchronousJavaScript = WaitMax;
        return new Browser(driver, profile);
    }

    public void Open(string address) => _driver.Navigate().GoToUrl(address);

    public void Click(string selector) => _driver.FindElement(By.CssSelector(selector)).Click();

    public string Text(string selector) => _driver.FindElement(By.CssSelector(selector)).Text;

    /// <summary>The value of an expression in the page.</summary>
    public T Value<T>(string expression) => (T)_driver.ExecuteScript($"return {expression}")!;

    /// <summary>Waits until an expression in the page is true, looking again whenever the document changes.</summary>
    public void Until(string expression)
    {
        try
        {
            _driver.ExecuteAsyncScript($$"""
                const done = arguments[arguments.length - 1];
                const holds = () => { try { return Boolean({{expression}}); } catch { return false; } };
                if (holds()) { done(); return; }
                const changes = new MutationObserver(() => { if (holds()) { changes.disconnect(); done(); } });
                changes.observe(document.documentElement, { subtree: true, childList: true, attributes: true, characterData: true });
                """);
        }
        catch (WebDriverTimeoutException)
        {
            Assert.Fail($"This did not come about in the page within {WaitMax}: {expression}\n{Text("body")}");
        }
    }

    /// <summary>Makes the page believe that the system wants light or dark.</summary>
    public void Prefer(string scheme) => _driver.ExecuteCdpCommand("Emulation.setEmulatedMedia", new Dictionary<string, object?>
    {
        ["features"] = new object[] { new Dictionary<string, object> { ["name"] = "prefers-color-scheme", ["value"] = scheme } },
    });

    /// <summary>Keeps a picture where the environment asks for pictures.</summary>
    public void Picture(string name)
    {
        if (Environment.GetEnvironmentVariable("ORLEANSPOOL_PICTURES") is not { Length: > 0 } folder) return;
        Directory.CreateDirectory(folder);
        _driver.GetScreenshot().SaveAsFile(Path.Combine(folder, name + ".png"));
    }

    /// <summary>What the page complained about since it was asked last.</summary>
    public IReadOnlyList<string> Complaints() =>
        [.. _driver.Manage().Logs.GetLog(LogType.Browser).Where(entry => entry.Level >= LogLevel.Warning).Select(entry => entry.Message)];

    public void Dispose()
    {
        _driver.Quit();
        _driver.Dispose();
        Directory.Delete(_profile, recursive: true);
    }
}
