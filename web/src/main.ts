import '../themes/neutre/theme.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { restore } from './kit/theme.ts';

restore();
const target = document.getElementById('app');
if (target) mount(App, { target });
