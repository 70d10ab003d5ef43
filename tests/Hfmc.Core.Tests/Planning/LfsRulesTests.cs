using System.Text;
using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Xunit;

namespace Hfmc.Core.Tests.Planning;

public sealed class LfsRulesTests
{
    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("onnx/model.onnx")]
    [InlineData("gguf/tiny-q4.gguf")]
    [InlineData("pytorch_model-00001-of-00002.bin")]
    [InlineData("runs/events.out.tfevents.1700000000")]
    [InlineData("saved_model/variables/variables.index")]
    [InlineData("data.tar.001")]
    public void Without_gitattributes_the_usual_names_are_large_files(string path) =>
        Assert.Equal(DigestKind.Sha256, KindOf(LfsRules.Usual, path, "text"));

    [Theory]
    [InlineData("config.json")]
    [InlineData("README.md")]
    [InlineData("safetensors")]
    [InlineData("model.safetensors.index.json")]
    [InlineData(".gitattributes")]
    public void Text_with_other_names_is_git_s(string path) =>
        Assert.Equal(DigestKind.GitSha1, KindOf(LfsRules.Usual, path, "text"));

    [Fact]
    public void A_large_file_needs_no_name() =>
        Assert.Equal(
            (DigestKind.GitSha1, DigestKind.Sha256),
            (LfsRules.Usual.KindOf(FilePath.Parse("a.txt"), 10_000_000, "x"u8), LfsRules.Usual.KindOf(FilePath.Parse("a.txt"), 10_000_001, "x"u8)));

    [Fact]
    public void Binary_content_needs_no_name() =>
        Assert.Equal(DigestKind.Sha256, KindOf(LfsRules.Usual, "weights", "a\0b"));

    [Fact]
    public void An_empty_file_is_git_s_whatever_its_name() =>
        Assert.Equal(DigestKind.GitSha1, KindOf(LfsRules.Usual, "model.bin", ""));

    [Fact]
    public void A_gitattributes_replaces_the_usual_names() =>
        Assert.Equal(DigestKind.GitSha1, KindOf(LfsRules.Parse("*.dat filter=lfs diff=lfs merge=lfs -text\n"), "model.bin", "text"));

    [Theory]
    [InlineData("*.dat filter=lfs", "deep/er/x.dat", true)]
    [InlineData("*.dat filter=lfs\r\n# note\r\n", "x.dat", true)]
    [InlineData("*.dat\tdiff=lfs\tfilter=lfs", "x.dat", true)]
    [InlineData("*.dat diff=lfs -text", "x.dat", false)]
    [InlineData("*.dat filter=lfs\nkeep.dat -filter", "keep.dat", false)]
    [InlineData("*.dat filter=lfs\n*.dat -text", "x.dat", true)]
    [InlineData("/x.dat filter=lfs", "x.dat", true)]
    [InlineData("/x.dat filter=lfs", "d/x.dat", false)]
    [InlineData("d/*.dat filter=lfs", "d/x.dat", true)]
    [InlineData("d/*.dat filter=lfs", "d/e/x.dat", false)]
    [InlineData("d/**/*.dat filter=lfs", "d/x.dat", true)]
    [InlineData("d/** filter=lfs", "d/e/f", true)]
    [InlineData("x[0-9].dat filter=lfs", "x7.dat", true)]
    [InlineData("x[!0-9].dat filter=lfs", "x7.dat", false)]
    [InlineData("\"my file.dat\" filter=lfs", "my file.dat", true)]
    [InlineData("my[[:space:]]file.dat filter=lfs", "my file.dat", true)]
    public void A_gitattributes_means_what_it_means_to_git(string attributes, string path, bool isLfs) =>
        Assert.Equal(isLfs ? DigestKind.Sha256 : DigestKind.GitSha1, KindOf(LfsRules.Parse(attributes), path, "text"));

    static DigestKind KindOf(LfsRules rules, string path, string content) =>
        rules.KindOf(FilePath.Parse(path), content.Length, Encoding.UTF8.GetBytes(content));
}
