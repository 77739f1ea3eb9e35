"""Toy models made in memory: ordinary folders with random weights, so that most tests take milliseconds."""

import json
from pathlib import Path

from contradict.labels import LABELS

EXAMPLES = Path(__file__).parents[1] / "examples" / "articles"
WORDS = """
pemerintah mengirim membantah pasukan kota hujan turun banjir warga polisi menteri sungai jembatan ditutup dibuka tidak
the a army sent denied rain closed opened bridge river police city minister not kantor tutup buka hari senin
""".split()


def save_tokenizer(folder: Path, *, segments: bool = False) -> None:
    """Words and marks; with segments, it says to which of two texts each token belongs."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    vocabulary = {word: index for index, word in enumerate(["<s>", "<pad>", "</s>", "<unk>", *dict.fromkeys(WORDS)])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s>:1 $B:1 </s>:1" if segments else "<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        eos_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
        model_max_length=64,
        model_input_names=["input_ids", "attention_mask", *(["token_type_ids"] if segments else [])],
    ).save_pretrained(folder)


def toy_config(**changes):
    from transformers import BertConfig

    settings = {
        "vocab_size": len(set(WORDS)) + 4,
        "hidden_size": 16,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 32,
        "max_position_embeddings": 64,
        "pad_token_id": 1,
        "initializer_range": 0.6,  # wide, so that toy scores differ from pair to pair
    }
    return BertConfig(**(settings | changes))


def save_classifier(folder: Path, names=LABELS, **changes) -> Path:
    import torch
    from transformers import BertForSequenceClassification

    torch.manual_seed(3)
    id2label = dict(enumerate(names))
    config = toy_config(id2label=id2label, label2id={name: index for index, name in id2label.items()}, **changes)
    BertForSequenceClassification(config).save_pretrained(folder)
    save_tokenizer(folder)
    return folder


def save_tagger(folder: Path) -> Path:
    import torch
    from transformers import BertForTokenClassification

    from contradict.attribution.windows import OUTPUTS

    torch.manual_seed(5)
    id2label = dict(enumerate(OUTPUTS))
    config = toy_config(id2label=id2label, label2id={name: index for index, name in id2label.items()})
    BertForTokenClassification(config).save_pretrained(folder)
    save_tokenizer(folder)
    return folder


def save_encoder(folder: Path) -> Path:
    import torch
    from transformers import BertModel

    torch.manual_seed(4)
    BertModel(toy_config()).save_pretrained(folder)
    save_tokenizer(folder)
    kinds = ("Transformer", ""), ("Pooling", "1_Pooling"), ("Normalize", "2_Normalize")
    modules = [
        {"idx": index, "name": str(index), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for index, (kind, path) in enumerate(kinds)
    ]
    (folder / "modules.json").write_text(json.dumps(modules))
    (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": 64}))
    (folder / "1_Pooling").mkdir()
    (folder / "2_Normalize").mkdir()
    pooling = {"word_embedding_dimension": 16, "pooling_mode_mean_tokens": True}
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(pooling))
    return folder
