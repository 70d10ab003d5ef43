using Hfmc.Core.Settings;
using Xunit;

namespace Hfmc.Core.Tests.Settings;

public sealed class TokenStoreTests : IDisposable
{
    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Without_variables_and_file_there_is_no_token() => Assert.Null(Store().Read());

    [Fact]
    public void HF_TOKEN_beats_the_old_variable_which_beats_the_file()
    {
        Given("hf_file");

        Assert.Equal(("hf_file", Store().TokenFile), Read(Store()));
        Assert.Equal(("hf_old", "environment HUGGING_FACE_HUB_TOKEN"), Read(Store(("HUGGING_FACE_HUB_TOKEN", "hf_old"))));
        Assert.Equal(("hf_new", "environment HF_TOKEN"), Read(Store(("HUGGING_FACE_HUB_TOKEN", "hf_old"), ("HF_TOKEN", "hf_new"))));
    }

    [Fact]
    public void A_variable_of_spaces_leaves_the_word_to_the_file()
    {
        Given("hf_file");

        Assert.Equal(("hf_file", Store().TokenFile), Read(Store(("HF_TOKEN", "  "), ("HUGGING_FACE_HUB_TOKEN", "hf_old"))));
    }

    [Theory]
    [InlineData("HF_TOKEN_PATH", "~/login", "login")]
    [InlineData("HF_TOKEN_PATH", " $HOME/login\n", "login")]
    [InlineData("HF_HOME", "~/x/", "x/token")]
    [InlineData("HF_HOME", "~/x\r\n", "x/token")]
    [InlineData("HF_HOME", " ", ".cache/huggingface/token")]
    [InlineData("XDG_CACHE_HOME", "${HOME}/c//", "c/huggingface/token")]
    public void Variables_that_name_the_login_are_read_as_people_write_them(string variable, string text, string file) =>
        Assert.Equal(_temp.At(file), Store((variable, text)).TokenFile);

    [Theory]
    [InlineData(" hf_abc\r\n", "hf_abc")]
    [InlineData("hf_\nabc", "hf_abc")]
    [InlineData("\uFEFFhf_abc", "hf_abc")]
    public void Line_ends_and_outer_spaces_are_stripped(string text, string token)
    {
        Given(text);

        Assert.Equal(token, Store().Read()?.Token.Reveal());
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \r\n")]
    public void An_empty_file_is_no_token(string text)
    {
        Given(text);

        Assert.Null(Store().Read());
    }

    [Theory]
    [InlineData("hf_ab cd")]
    [InlineData("hf_é")]
    [InlineData("hf_\u0001")]
    public void What_cannot_be_a_token_is_an_error_that_does_not_repeat_it(string text)
    {
        var error = Assert.Throws<InputException>(() => Store(("HF_TOKEN", text)).Read());

        Assert.StartsWith("environment HF_TOKEN does not hold a token", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(text, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_has_512_characters_at_most()
    {
        Assert.True(AccessToken.TryParse(new string('a', 512), out _));
        Assert.False(AccessToken.TryParse(new string('a', 513), out _));
    }

    [Fact]
    public void A_token_does_not_show_itself()
    {
        var found = Store(("HF_TOKEN", "hf_secret")).Read()!.Value;

        Assert.DoesNotContain("secret", $"{found} {found.Token}", StringComparison.Ordinal);
        Assert.Equal("hf_secret", found.Token.Reveal());
    }

    [Fact]
    public void A_disabled_implicit_token_is_found_but_not_sent()
    {
        var store = Store(("HF_TOKEN", "hf_abc"), ("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1"));

        Assert.Null(store.Read());
        Assert.Equal("hf_abc", store.Find()?.Token.Reveal());
    }

    [Fact]
    public void The_files_are_where_the_Python_client_has_them()
    {
        Assert.Equal(_temp.At(".cache", "huggingface", "token"), Store().TokenFile);
        Assert.Equal(_temp.At("xdg", "huggingface", "token"), Store(("XDG_CACHE_HOME", "~/xdg")).TokenFile);
        Assert.Equal(_temp.At("hf", "token"), Store(("XDG_CACHE_HOME", "~/xdg"), ("HF_HOME", "$HOME/hf")).TokenFile);
        var named = Store(("HF_HOME", "~/hf"), ("HF_TOKEN_PATH", "${HOME}/secrets/hub"));
        Assert.Equal((_temp.At("secrets", "hub"), _temp.At("secrets", "stored_tokens")), (named.TokenFile, named.StoredTokensFile));
    }

    [Fact]
    public void A_login_is_written_as_the_Python_client_writes_it()
    {
        Store().Save(Token("hf_abc"), "laptop");

        Assert.Equal("hf_abc", File.ReadAllText(Store().TokenFile));
        Assert.Equal("[laptop]\nhf_token = hf_abc\n\n", File.ReadAllText(Store().StoredTokensFile));
        Assert.Equal(TestEnvironment.FileOfOwner, TestEnvironment.Mode(Store().TokenFile));
        Assert.Equal(TestEnvironment.FileOfOwner, TestEnvironment.Mode(Store().StoredTokensFile));
        Assert.Equal(TestEnvironment.FolderOfOwner, TestEnvironment.Mode(Path.GetDirectoryName(Store().TokenFile)!));
    }

    [Fact]
    public void A_file_that_others_could_read_is_theirs_no_longer_after_a_login()
    {
        Given("hf_old");

        Store().Save(Token("hf_abc"), "laptop");

        Assert.Equal(TestEnvironment.FileOfOwner, TestEnvironment.Mode(Store().TokenFile));
    }

    [Fact]
    public void A_login_keeps_other_sections_and_keys_and_sorts_them()
    {
        Stored("[work]\r\nhf_token=hf_work\r\nnote = a: b\r\n\r\n[oauth-me]\nhf_token = hf_oauth\nrefresh_token = r\nexpires_at = 1790000000\n");

        Store().Save(Token("hf_abc"), "laptop");

        Assert.Equal(
            "[laptop]\nhf_token = hf_abc\n\n"
            + "[oauth-me]\nhf_token = hf_oauth\nrefresh_token = r\nexpires_at = 1790000000\n\n"
            + "[work]\nhf_token=hf_work\nnote = a: b\n\n",
            File.ReadAllText(Store().StoredTokensFile));
    }

    [Fact]
    public void A_new_token_under_an_old_name_drops_what_would_refresh_the_old_one()
    {
        Stored("[me]\nhf_token = hf_old\nrefresh_token = r\nexpires_at = 1790000000\nnote = kept\n");

        Store().Save(Token("hf_new"), "me");

        Assert.Equal("[me]\nhf_token = hf_new\nnote = kept\n\n", File.ReadAllText(Store().StoredTokensFile));
    }

    [Fact]
    public void The_same_token_saved_again_changes_nothing()
    {
        const string text = "[me]\nhf_token = hf_abc\nrefresh_token = r\n\n";
        Stored(text);

        Store().Save(Token("hf_abc"), "me");

        Assert.Equal(text, File.ReadAllText(Store().StoredTokensFile));
    }

    [Theory]
    [InlineData("")]
    [InlineData("DEFAULT")]
    [InlineData("a\n[b]")]
    [InlineData(" a")]
    public void A_name_that_would_break_the_file_is_refused(string name)
    {
        Assert.Throws<InputException>(() => Store().Save(Token("hf_abc"), name));
        Assert.False(File.Exists(Store().TokenFile));
    }

    [Fact]
    public void Forgetting_drops_the_active_login_and_its_section_alone()
    {
        Stored("[work]\nhf_token = hf_work\n\n");
        Store().Save(Token("hf_abc"), "laptop");

        Assert.True(Store().Forget());

        Assert.Null(Store().Read());
        Assert.Equal("[work]\nhf_token = hf_work\n\n", File.ReadAllText(Store().StoredTokensFile));
        Assert.False(Store().Forget());
    }

    [Fact]
    public void Forgetting_the_only_login_leaves_no_file()
    {
        Store().Save(Token("hf_abc"), "laptop");

        Store().Forget();

        Assert.Empty(Directory.GetFileSystemEntries(_temp.At(".cache", "huggingface")));
    }

    [Fact]
    public void A_login_that_cannot_be_written_is_a_failure_of_the_disk_without_the_token()
    {
        _temp.File("blocked", "a file");

        var error = Assert.Throws<DiskException>(() => Store(("HF_HOME", "~/blocked/hf")).Save(Token("hf_secret"), "laptop"));

        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
    }

    void Given(string token) => _temp.File(".cache/huggingface/token", token);

    void Stored(string text) => _temp.File(".cache/huggingface/stored_tokens", text);

    TokenStore Store(params (string, string)[] variables) => new(TestEnvironment.In(_temp, variables));

    static (string?, string?) Read(TokenStore store) => (store.Read()?.Token.Reveal(), store.Read()?.Origin);

    static AccessToken Token(string text) => AccessToken.TryParse(text, out var token) ? token : throw new ArgumentException(text);
}
